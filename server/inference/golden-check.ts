import { createFramer, type CutFrame } from '../audio/framer.js';
import type { ModelCard, Provider, Variant } from '../domain/model-card.js';
import type { Classified, Classify, Outcome, Turn } from '../domain/outcome.js';
import { durationOf, samplesIn } from '../domain/units.js';
import { readGoldenVector, type GoldenVector } from './golden-vector.js';
import type { ModelPackage } from './model-package.js';

/** The result of checking a package's golden vectors; `problem` names the file, the frame, and the expected and actual values. */
export type GoldenReport =
  { readonly ok: true; readonly frames: number } | { readonly ok: false; readonly problem: string };

/** The largest allowed difference from an expected number, given the tolerance that its golden vector states. */
export type GoldenAllowance = (stated: number) => number;

/**
 * A vector states its tolerance for 32-bit floats on a CPU. A lossy variant has its own, measured by the trainer. Where an
 * older package has none, it is estimated: GPUs round the inputs of products to 10 bits of mantissa (TF32), as many as 16-bit
 * floats have; 8-bit weights make a slightly different model.
 */
export const goldenAllowance = ({ precision, tolerance }: Variant, provider: Provider): GoldenAllowance => {
  if (tolerance !== null) return (stated) => Math.max(stated, tolerance);
  if (precision === 'int8') return (stated) => stated * 500;
  return precision === 'fp32' && provider === 'cpu' ? asStated : (stated) => stated * 20;
};

const asStated: GoldenAllowance = (stated) => stated;

/** Classifies every golden vector of a package, cut into frames as the server does. Rejects if a vector cannot be read. */
export const checkGolden = async (
  { card, folder }: ModelPackage,
  classify: Classify,
  allowance: GoldenAllowance = asStated,
): Promise<GoldenReport> => {
  let frames = 0;
  for (const golden of card.golden) {
    const vector = await readGoldenVector(folder, golden);
    const problem = hopProblem(vector, card) ?? (await firstDifference(vector, classify, allowance));
    if (problem !== null) return { ok: false, problem: `${folder}/${golden.expected}: ${problem}` };
    frames += vector.frames.length;
  }
  return { ok: true, frames };
};

/** Frames cut at another hop than those of streams say nothing about how streams are served, least of all by a stateful graph. */
const hopProblem = ({ hop }: GoldenVector, { hop: { min, max } }: ModelCard): string | null =>
  hop >= min && hop <= max
    ? null
    : `hop_ms: is ${hop}, but earshot.json allows ${min === max ? `${min} only` : `${min}–${max}`}`;

/** A sentence about the first frame that differs; null when none does. */
const firstDifference = async (
  vector: GoldenVector,
  classify: Classify,
  allowance: GoldenAllowance,
): Promise<string | null> => {
  const cut = cutFrames(vector);
  if (cut.length !== vector.frames.length) {
    return `expects ${vector.frames.length} frames, but the audio has ${cut.length} at a hop of ${vector.hop} ms`;
  }
  let state: Float32Array | null = null;
  for (const [index, expected] of vector.frames.entries()) {
    const frame = cut[index]!;
    if (durationOf(frame.end) !== expected.end_ms) {
      return `frame ${index}: expects end_ms ${expected.end_ms}, but the frame ends at ${durationOf(frame.end)} ms`;
    }
    const outcome = await classify(frame.samples, state, AT_ONCE);
    if (outcome.kind !== 'classified') return `frame ${index}: was ${describe(outcome)}`;
    const difference = differenceOf(expected, outcome, allowance(vector.tolerance));
    if (difference !== null) return `frame ${index}: ${difference}`;
    state = outcome.nextState;
  }
  return null;
};

const AT_ONCE: Turn = { tenant: '', liveAt: 0, dueAt: 0 };

const cutFrames = ({ samples, hop }: GoldenVector): CutFrame[] => {
  const framer = createFramer({ hop: samplesIn(hop) });
  return [...framer.push(samples), ...framer.flush()];
};

const differenceOf = (
  expected: GoldenVector['frames'][number],
  { logits, speech }: Classified,
  tolerance: number,
): string | null => {
  if (!isClose(expected.logits, logits, tolerance)) {
    return `expects logits [${rounded(expected.logits)}] within ${tolerance}, got [${rounded(logits)}]`;
  }
  if (expected.speech && !(speech && isClose(expected.speech, speech, tolerance))) {
    return `expects speech [${rounded(expected.speech)}] within ${tolerance}, got [${rounded(speech ?? [])}]`;
  }
  return null;
};

const isClose = (expected: readonly number[], got: Float32Array, tolerance: number): boolean =>
  expected.length === got.length &&
  expected.every((value, index) => Math.abs(value - (got[index] ?? NaN)) <= tolerance);

const rounded = (numbers: Iterable<number>): string => Array.from(numbers, (value) => value.toFixed(4)).join(', ');

const describe = (outcome: Exclude<Outcome, Classified>): string =>
  outcome.kind === 'failed' ? `not classified: ${outcome.reason}` : 'shed';
