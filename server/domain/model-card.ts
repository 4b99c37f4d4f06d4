import type { Milliseconds } from './units.js';

export type Precision = 'fp32' | 'fp16' | 'int8';

/** A library that ONNX Runtime executes a graph with. */
export type Provider = 'cpu' | 'webgpu' | 'cuda';

export interface ChecksummedFile {
  readonly file: string;
  readonly sha256: string;
}

export interface Variant extends ChecksummedFile {
  /** The graph's weights, where they do not fit into its file (2 GB); ONNX Runtime finds them by itself. */
  readonly data: ChecksummedFile | null;
  readonly precision: Precision;
  readonly providers: readonly Provider[];
  /** Largest allowed difference from a golden logit, measured by the trainer; null for what the golden vector itself states. */
  readonly tolerance: number | null;
}

/** How a stateless model's per-frame scores accumulate: S ← decay·S + weight·(fresh seconds)·log-posterior. */
export interface Smoothing {
  readonly weight: number;
  readonly decay: number;
}

/** What the server must know of a model package to serve it: `earshot.json` and the labels of `config.json`. */
export interface ModelCard {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  /** In the order of the logits. */
  readonly labels: readonly string[];
  /** Labels that are never announced: silence, noise, other talk. */
  readonly background: ReadonlySet<string>;
  readonly hop: { readonly default: Milliseconds; readonly min: Milliseconds; readonly max: Milliseconds };
  readonly inputs: { readonly pcm: string; readonly state: string | null };
  readonly outputs: { readonly logits: string; readonly nextState: string | null; readonly speech: string | null };
  /** Shape of one row's state; null for a stateless model. */
  readonly stateShape: readonly number[] | null;
  /** Speech whose best intent is less probable than this fits no intent. */
  readonly outOfScopeThreshold: number;
  /** Logits are divided by it before the softmax. */
  readonly temperature: number;
  readonly smoothing: Smoothing | null;
  readonly variants: readonly Variant[];
  readonly golden: readonly { readonly audio: string; readonly expected: string }[];
}

/** How many numbers one row's state has; 0 for a stateless model. */
export const stateSizeOf = ({ stateShape }: Pick<ModelCard, 'stateShape'>): number =>
  stateShape === null ? 0 : stateShape.reduce((product, axis) => product * axis, 1);
