import {
  createStream,
  type Closed,
  type EarshotError,
  type Intent,
  type IntentStream,
  type Ready,
} from '@earshot/client';
import { reasonOf } from '../../domain/reason.js';
import { givenKey } from '../shared/ask-server.js';
import { find } from '../shared/dom.js';
import { millis, sentence, seconds } from '../shared/words.js';
import type { Finals } from './finals.js';
import { Palette } from './palette.js';
import type { Piece, Source } from './source.js';
import type { Speed } from './speed.js';
import type { Timeline } from './timeline.js';
import { TrackView } from './track-view.js';

/** How long the visitor waits for the last answers before the page offers to do without them. */
const PATIENCE_MS = 2_000;

/** The parts of the page that show a stream. */
export interface Screen {
  readonly timeline: Timeline;
  readonly finals: Finals;
  readonly speed: Speed;
  /** Shows the present state in one sentence. */
  readonly tell: (message: string, isAlarm?: boolean) => void;
  /** Shows the loudness of the audio, 0–1. */
  readonly loudness: (level: number) => void;
}

/** One stream: sends the audio of a source to the server and shows the answers, from its opening to its totals. */
export class Call {
  readonly #screen: Screen;
  readonly #source: Source;
  readonly #stream: IntentStream;
  #views: TrackView[] = [];
  /** Audio from before the server was ready, when nothing could be drawn yet. */
  readonly #early: Piece[] = [];
  /** Why the source ended before its time, as a sentence; empty where it did not. */
  #lost = '';
  /** Whether the visitor has been told that another press of Stop gives up the last answers. */
  #mayGiveUp = false;

  constructor(source: Source, model: string, screen: Screen) {
    this.#source = source;
    this.#screen = screen;
    this.#stream = createStream({
      url: location.origin,
      token: givenKey,
      // The server's default where the page has no list of models.
      ...(model !== '' && { model }),
      audio: source.audio,
      // The scores of all labels, because every label has a line in the plot.
      topK: 100,
    });
    this.#listen();
  }

  /** Sends until the source or the stream ends; resolves when both have ended. Never rejects: the screen shows problems. */
  async run(): Promise<void> {
    try {
      for await (const piece of this.#source.pieces) {
        this.#draw(piece);
        await this.#stream.send(piece.chunk);
      }
    } catch (problem) {
      // Told with the totals, which come a moment later.
      if (this.#stream.state !== 'closed') this.#lost = `${sentence(reasonOf(problem))} `;
    } finally {
      this.#source.stop();
    }
    void this.#stream.close();
    const offering = setTimeout(() => this.#offerToGiveUp(), PATIENCE_MS);
    await this.#stream.closed;
    clearTimeout(offering);
    const droppedMs = this.#source.droppedMs();
    if (droppedMs > 0) this.#screen.finals.notice(`${millis(droppedMs)} of the microphone found no room`);
    this.#screen.timeline.end();
    this.#screen.loudness(0);
  }

  /** Ends the audio; what was sent is still classified, unless the visitor will not wait for that. */
  stop(): void {
    this.#source.stop();
    if (this.#mayGiveUp) this.#stream.abort();
  }

  #offerToGiveUp(): void {
    this.#mayGiveUp = true;
    this.#screen.tell('The last answers are not here yet. Press Stop again to do without them.', true);
  }

  #listen(): void {
    const stream = this.#stream;
    const { finals, tell } = this.#screen;
    stream.on('ready', (ready) => this.#ready(ready));
    stream.on('speech_started', (event) => this.#view(event.channel)?.track.speechStarted(event));
    stream.on('intent', (intent) => this.#intent(intent));
    stream.on('utterance_end', (event) => this.#view(event.channel)?.track.utteranceEnd(event));
    stream.on('gap', (gap) => {
      this.#view(gap.channel)?.track.gap(gap);
      finals.gap(gap, this.#name(gap.channel));
    });
    stream.on('warning', ({ message }) => finals.notice(message));
    stream.on('reconnect', ({ grace_ms: graceMs }) =>
      tell(`The server is going away within ${seconds(graceMs)}; the stream moves on when it is back.`, true),
    );
    stream.on('state', ({ state }) => {
      if (state === 'reconnecting')
        tell('Connection lost: audio is kept, and the stream goes on when the server is back…', true);
    });
    stream.on('reconnected', ({ resumed, lostMs }) => tell(reconnection(resumed, lostMs), lostMs > 0));
    stream.on('dropped', ({ ms }) => finals.notice(`${millis(ms)} of audio did not fit into the buffer`));
    stream.on('ended', ({ totals, error }) => {
      if (totals !== null) tell(this.#lost + summary(totals), this.#lost !== '');
      else tell(problemOf(error), true);
    });
  }

  #ready(ready: Ready): void {
    if (this.#views.length > 0) return;
    const { model, config } = ready;
    const palette = new Palette();
    this.#views = Array.from(
      { length: config.audio.channels },
      (_, channel) => new TrackView({ channel, name: this.#name(channel), palette }, ready),
    );
    find('tracks', HTMLElement).replaceChildren(...this.#views.map(({ element }) => element));
    this.#screen.timeline.begin(this.#views);
    for (const piece of this.#early.splice(0)) this.#draw(piece);
    this.#screen.tell(`Listening with ${model.name} ${model.version}: a prediction every ${config.hop_ms} ms.`);
  }

  #intent(intent: Intent): void {
    this.#view(intent.channel)?.intent(intent);
    if (intent.status === 'final') this.#screen.finals.final(intent, this.#name(intent.channel));
    else this.#screen.speed.frame(intent.latency_ms, performance.now());
  }

  #draw(piece: Piece): void {
    this.#screen.loudness(loudnessOf(piece));
    if (this.#views.length === 0) this.#early.push(piece);
    else for (const [channel, { waveform }] of this.#views.entries()) waveform.push(piece.amplitudes[channel]!);
  }

  #view(channel: number): TrackView | undefined {
    return this.#views[channel];
  }

  #name(channel: number): string {
    return this.#source.names[channel] ?? `Channel ${channel}`;
  }
}

const loudnessOf = ({ amplitudes }: Piece): number =>
  Math.max(...amplitudes.map((channel) => Math.hypot(...channel) / Math.sqrt(Math.max(1, channel.length))));

const reconnection = (isResumed: boolean, lostMs: number): string => {
  if (lostMs > 0) return `Connected again; ${seconds(lostMs)} of audio were no longer kept and are not classified.`;
  return isResumed
    ? 'Connected again: the same stream goes on, nothing was lost.'
    : 'Connected again to a restarted server: what it had not heard was sent again, nothing was lost.';
};

const summary = ({ audio_ms: audioMs, frames, utterances, gap_ms: gapMs }: Closed): string =>
  `Done: ${seconds(audioMs)} of audio, ${frames} frames, ${utterances} utterance${utterances === 1 ? '' : 's'}, ${
    gapMs === 0 ? 'nothing' : millis(gapMs)
  } unclassified.`;

const problemOf = ({ code, message }: EarshotError): string => {
  if (code === 'aborted') return 'Stopped, without the last answers.';
  return code === 'connect_failed' || code === 'disconnected' || code === 'connect_timeout'
    ? `The server cannot be reached: ${message}.`
    : `${code}: ${message}`;
};
