import { tap, type Observable } from 'rxjs';
import type { SampleFormat } from '../audio/sample-format.js';
import type { ModelCard } from '../domain/model-card.js';
import type { Classify, Outcome } from '../domain/outcome.js';
import type { StreamEvent } from '../domain/stream-event.js';
import type { Announcing } from '../domain/stream-settings.js';
import { milliseconds, type Milliseconds } from '../domain/units.js';
import { createFlowGate, type Valve } from './flow-gate.js';
import type { FrameWatcher } from './frame-watcher.js';
import { frameMemory } from './frame-memory.js';
import { Portions } from './portions.js';
import { settleInOrder, type OrderedWork } from './settle-in-order.js';
import { StreamFramer } from './stream-framer.js';
import type { PipelineItem, StreamInput } from './stream-input.js';
import { through } from './through.js';
import { UtteranceTrack } from './utterance-track.js';

export interface PipelineOptions {
  readonly audio: SampleFormat;
  readonly card: ModelCard;
  readonly hop: Milliseconds;
  readonly announcing: Announcing;
  readonly classify: Classify;
  /** Whose stream it is: see `Turn`. */
  readonly tenant: string;
  /** Slows the caller while the limit of frames under way is reached. */
  readonly valve: Valve;
  /** Frames of one channel that may be under way. */
  readonly maxFramesUnderWay: number;
  readonly now: () => number;
  readonly warn: (code: 'audio_clipped' | 'audio_incomplete', message: string) => void;
  /** Called, after the events, with the stream time up to which everything on every channel has been announced. */
  readonly settled?: (to: Milliseconds) => void;
  /** Is notified of every frame; left out or null where nothing watches. */
  readonly watcher?: FrameWatcher | null;
}

/** What is known of a stream's audio so far. */
export interface AudioTotals {
  readonly audioMs: Milliseconds;
  /** Frames that the audio was cut into. */
  readonly frames: number;
  /** How many of those frames were silence between utterances and were not classified. */
  readonly silentFrames: number;
}

export interface IntentPipeline {
  /** To be called once, and its result subscribed to once, because the pipeline keeps the state of one stream. */
  readonly events: (inputs: Observable<StreamInput>) => Observable<StreamEvent>;
  readonly totals: AudioTotals;
}

/** The whole pipeline of one stream: audio in, events about it out. Completing the inputs flushes it. */
export const createIntentPipeline = (options: PipelineOptions): IntentPipeline => {
  const { channels } = options.audio;
  const gate = createFlowGate(options.maxFramesUnderWay * channels, options.valve);
  const framer = new StreamFramer(options);
  const portions = new Portions({ ...options, samplesToNextFrame: () => framer.samplesToNextFrame });
  const tracks = Array.from({ length: channels }, (_, channel) => new UtteranceTrack({ ...options, channel }));
  let silentFrames = 0;
  return {
    totals: {
      get audioMs() {
        return portions.audioMs;
      },
      get frames() {
        return framer.frames;
      },
      get silentFrames() {
        return silentFrames;
      },
    },
    events: (inputs) =>
      inputs.pipe(
        through(portions),
        gate.hold(),
        through(framer),
        tap((item) => item.kind === 'frame' && gate.enter()),
        settleInOrder(
          classifying(options, tracks, (outcome) => {
            gate.leave();
            if (outcome === null) silentFrames++;
          }),
        ),
      ),
  };
};

/** Frames are classified concurrently; those of a stateful model one at a time per channel, each with the state before it. */
const classifying = (
  { card, audio, settled, watcher = null }: PipelineOptions,
  tracks: readonly UtteranceTrack[],
  frameDone: (outcome: Outcome | null) => void,
): OrderedWork<PipelineItem, Outcome, StreamEvent> => {
  const trackOf = (channel: number) => tracks[channel]!;
  const channelOf = (item: PipelineItem) =>
    item.kind === 'frame' ? item.frame.channel : item.kind === 'cut' ? item.cut.channel : null;
  return {
    lane: (item) => (card.stateShape === null ? null : channelOf(item)),
    begin: (item) => {
      if (item.kind !== 'frame') return null;
      watcher?.begun(item.frame);
      return trackOf(item.frame.channel).classify(item.frame);
    },
    conclude: (item, outcome) => {
      switch (item.kind) {
        case 'frame':
          frameDone(outcome);
          watcher?.answered(item.frame, outcome);
          frameMemory.giveBack(item.frame.samples);
          return trackOf(item.frame.channel).hear(item.frame, outcome);
        case 'cut':
          return trackOf(item.cut.channel).cut(item.cut);
        case 'configure':
          for (const track of tracks) track.configure(item.announcing);
          return [];
      }
    },
    concluded: (item) => {
      if (item.kind === 'frame') watcher?.told(item.frame);
      if (settled && channelOf(item) === audio.channels - 1)
        settled(milliseconds(Math.min(...tracks.map(({ settledTo }) => settledTo))));
    },
  };
};
