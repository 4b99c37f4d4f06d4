import { setImmediate as nextTurn } from 'node:timers/promises';
import { from, fromEvent, lastValueFrom, takeUntil, toArray } from 'rxjs';
import { SAMPLE_BYTES, type SampleFormat } from '../audio/sample-format.js';
import { UNHEARD } from '../domain/posterior.js';
import type { IntentEvent, Verdict } from '../domain/stream-event.js';
import type { Announcing } from '../domain/stream-settings.js';
import type { Milliseconds } from '../domain/units.js';
import type { Valve } from '../pipeline/flow-gate.js';
import { createIntentPipeline } from '../pipeline/intent-pipeline.js';
import type { StreamInput } from '../pipeline/stream-input.js';
import { CallerLeft } from './caller-left.js';
import type { ServedModel } from './served-model.js';
import type { SessionContext } from './session-context.js';

/** Audio that is complete. */
export interface Recording {
  readonly format: SampleFormat;
  readonly bytes: Uint8Array;
}

/** What one recording says: its utterances, and the most probable verdict on one of them, one in scope if there is any. */
export interface RecordingVerdict extends Verdict {
  readonly model: string;
  readonly audioMs: Milliseconds;
  readonly utterances: readonly IntentEvent[];
  /** Milliseconds of audio that could not be classified. */
  readonly gapMs: number;
}

/** How a recording is to be classified. */
export interface RecordingTask {
  readonly model: ServedModel;
  readonly announcing: Announcing;
  /** Whose recording it is: see `Turn`. */
  readonly tenant: string;
  /** Aborted when nobody waits for the verdict any more. */
  readonly gone: AbortSignal;
}

/** Samples of a recording, over all channels, that are worked on in one turn of the event loop unless the pipeline is paused. */
const SLICE_SAMPLES = 80_000;
/** Ignores requests to leave the model: a recording is soon done anyway. */
const SOON_GONE = { announceDrain: () => undefined, finish: () => undefined };

/**
 * Classifies a recording through the same pipeline that streams go through, as fast as the workers allow; rejects with
 * CallerLeft, without classifying the rest, when nobody waits for the verdict any more.
 */
export const classifyRecording = async (
  recording: Recording,
  { model, announcing, tenant, gone }: RecordingTask,
  { clock, maxFramesUnderWay, observer }: SessionContext,
): Promise<RecordingVerdict> => {
  const { format } = recording;
  const slices = new Slices(recording, clock.now());
  const pipeline = createIntentPipeline({
    audio: format,
    card: model.card,
    hop: model.card.hop.default,
    announcing,
    classify: model.classify,
    tenant,
    valve: slices,
    maxFramesUnderWay,
    now: () => clock.now(),
    warn: () => undefined,
  });
  const leaveModel = model.use(SOON_GONE);
  const events = await lastValueFrom(
    pipeline.events(from(slices.inputs(gone))).pipe(takeUntil(fromEvent(gone, 'abort')), toArray()),
  ).finally(leaveModel);
  if (gone.aborted) throw new CallerLeft();
  const { audioMs, silentFrames } = pipeline.totals;
  observer.audioReceived(audioMs / 1000);
  observer.silencePassedOver(silentFrames);
  const utterances = events.filter((event) => event.kind === 'intent');
  const gapMs = events.reduce((sum, event) => (event.kind === 'gap' ? sum + event.end - event.start : sum), 0);
  return { model: model.card.name, audioMs, ...surest(utterances), utterances, gapMs };
};

/** Feeds a recording to the pipeline in slices: other work gets its turn between them, and none is fed while it is paused. */
class Slices implements Valve {
  private isPaused = false;
  private resumed: () => void = () => undefined;

  constructor(
    private readonly recording: Recording,
    private readonly arrivedAt: number,
  ) {}

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
    this.resumed();
  }

  async *inputs(gone: AbortSignal): AsyncGenerator<StreamInput> {
    const { format, bytes } = this.recording;
    const length = Math.floor(SLICE_SAMPLES / format.channels) * format.channels * SAMPLE_BYTES[format.encoding];
    for (let at = 0; at < bytes.length && !gone.aborted; at += length) {
      yield { kind: 'audio', bytes: bytes.subarray(at, at + length), arrivedAt: this.arrivedAt };
      await nextTurn();
      if (this.isPaused) await new Promise<void>((resolve) => (this.resumed = resolve));
    }
  }
}

const surest = (utterances: readonly Verdict[]): Verdict => {
  const inScope = utterances.filter(({ intent }) => intent !== null);
  const candidates = inScope.length > 0 ? inScope : utterances;
  const { intent, outOfScope, score, scores } = candidates.reduce(
    (best, next) => (next.score > best.score ? next : best),
    candidates[0] ?? UNHEARD,
  );
  return { intent, outOfScope, score, scores };
};
