import type { StreamEvent } from '../domain/stream-event.js';
import { milliseconds } from '../domain/units.js';
import type { AudioTotals } from '../pipeline/intent-pipeline.js';
import type { StreamTotals } from './caller.js';
import type { SessionObserver } from './session-context.js';

/** Counts what became of one stream, for its `closed` message and for the server's observer. */
export class StreamTally {
  private utterances = 0;
  private gapMs = 0;
  private toldMs = 0;
  private toldSilentFrames = 0;

  /** `audio` always shows how much audio the pipeline has taken in so far. */
  constructor(
    private readonly audio: AudioTotals,
    private readonly observer: SessionObserver,
  ) {}

  /** Counts one event; `isLeftOut` where it is not sent, because the caller reads too slowly. */
  count(event: StreamEvent, isLeftOut: boolean): void {
    this.tellAudio();
    if (event.kind === 'utterance_end') this.utterances++;
    if (event.kind === 'gap') this.gapMs += event.end - event.start;
    if (isLeftOut) this.observer.tentativeLeftOut();
    else this.observer.announced(event);
  }

  get totals(): StreamTotals {
    return {
      audioMs: this.audio.audioMs,
      frames: this.audio.frames,
      utterances: this.utterances,
      gapMs: milliseconds(this.gapMs),
    };
  }

  /** Tells the observer how much audio has come since it was last told. */
  tellAudio(): void {
    const { audioMs, silentFrames } = this.audio;
    if (audioMs > this.toldMs) this.observer.audioReceived((audioMs - this.toldMs) / 1000);
    if (silentFrames > this.toldSilentFrames) this.observer.silencePassedOver(silentFrames - this.toldSilentFrames);
    this.toldMs = audioMs;
    this.toldSilentFrames = silentFrames;
  }
}
