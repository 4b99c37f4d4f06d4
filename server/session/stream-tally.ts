import type { StreamEvent } from '../domain/stream-event.js';
import { milliseconds } from '../domain/units.js';
import type { StreamTotals } from './caller.js';
import type { SessionObserver } from './session-context.js';

/** Where the pipeline tells how much audio it has taken in. */
interface AudioTotals {
  readonly audioMs: number;
  readonly frames: number;
  readonly silentFrames: number;
}

/** Counts what became of one stream, for its `closed` message and for the server's observer. */
export class StreamTally {
  private audio: AudioTotals = { audioMs: 0, frames: 0, silentFrames: 0 };
  private utterances = 0;
  private gapMs = 0;
  private toldMs = 0;
  private toldSilentFrames = 0;

  constructor(private readonly observer: SessionObserver) {}

  follow(audio: AudioTotals): void {
    this.audio = audio;
  }

  /** One event of the stream, which a slow reader may not be sent. */
  count(event: StreamEvent, isLeftOut: boolean): void {
    this.tellAudio();
    if (event.kind === 'utterance_end') this.utterances++;
    if (event.kind === 'gap') this.gapMs += event.end - event.start;
    if (isLeftOut) this.observer.tentativeLeftOut();
    else this.observer.announced(event);
  }

  get totals(): StreamTotals {
    return {
      audioMs: milliseconds(this.audio.audioMs),
      frames: this.audio.frames,
      utterances: this.utterances,
      gapMs: milliseconds(this.gapMs),
    };
  }

  close(): void {
    this.tellAudio();
  }

  private tellAudio(): void {
    const { audioMs, silentFrames } = this.audio;
    if (audioMs > this.toldMs) this.observer.audioReceived((audioMs - this.toldMs) / 1000);
    if (silentFrames > this.toldSilentFrames) this.observer.silencePassedOver(silentFrames - this.toldSilentFrames);
    this.toldMs = audioMs;
    this.toldSilentFrames = silentFrames;
  }
}
