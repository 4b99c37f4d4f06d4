import { lastValueFrom, of, toArray } from 'rxjs';
import type { SampleFormat } from '../audio/sample-format.js';
import { UNHEARD } from '../domain/posterior.js';
import type { IntentEvent, Verdict } from '../domain/stream-event.js';
import type { Announcing } from '../domain/stream-settings.js';
import type { Milliseconds } from '../domain/units.js';
import { createIntentPipeline } from '../pipeline/intent-pipeline.js';
import type { ServedModel } from './served-model.js';
import type { SessionContext } from './session-context.js';

/** Audio that is all there. */
export interface Recording {
  readonly format: SampleFormat;
  readonly bytes: Uint8Array;
}

/** What one recording says: its utterances, and the verdict of the surest of them that is in scope. */
export interface RecordingVerdict extends Verdict {
  readonly model: string;
  readonly audioMs: Milliseconds;
  readonly utterances: readonly IntentEvent[];
  /** How much audio could not be classified. */
  readonly gapMs: number;
}

const WIDE_OPEN = { pause: () => undefined, resume: () => undefined };
/** A recording is done soon by itself. */
const SOON_GONE = { announceDrain: () => undefined, finish: () => undefined };

/** Classifies a recording through the same pipeline that streams go through, as fast as the workers allow. */
export const classifyRecording = async (
  { format, bytes }: Recording,
  model: ServedModel,
  announcing: Announcing,
  { clock, maxFramesUnderWay, observer }: SessionContext,
): Promise<RecordingVerdict> => {
  const pipeline = createIntentPipeline({
    audio: format,
    card: model.card,
    hop: model.card.hop.default,
    announcing,
    classify: model.classify,
    tenant: '',
    valve: WIDE_OPEN,
    maxFramesUnderWay: maxFramesUnderWay * format.channels,
    now: () => clock.now(),
    warn: () => undefined,
  });
  const leaveModel = model.use(SOON_GONE);
  const events = await lastValueFrom(
    pipeline.events(of({ kind: 'audio', bytes, arrivedAt: clock.now() })).pipe(toArray()),
  ).finally(leaveModel);
  const { audioMs } = pipeline.totals;
  observer.audioReceived(audioMs / 1000);
  const utterances = events.filter((event) => event.kind === 'intent');
  const gapMs = events.reduce((sum, event) => (event.kind === 'gap' ? sum + event.end - event.start : sum), 0);
  return { model: model.card.name, audioMs, ...surest(utterances), utterances, gapMs };
};

const surest = (utterances: readonly Verdict[]): Verdict => {
  const inScope = utterances.filter(({ intent }) => intent !== null);
  const candidates = inScope.length > 0 ? inScope : utterances;
  const { intent, outOfScope, score, scores } = candidates.reduce(
    (best, next) => (next.score > best.score ? next : best),
    candidates[0] ?? UNHEARD,
  );
  return { intent, outOfScope, score, scores };
};
