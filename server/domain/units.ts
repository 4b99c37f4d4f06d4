declare const unit: unique symbol;
type Quantity<U extends string> = number & { readonly [unit]: U };

/** Samples per second. */
export type Hertz = Quantity<'Hz'>;
/** A duration, or a point of stream time, in milliseconds. */
export type Milliseconds = Quantity<'ms'>;
/** A count of samples of one channel. */
export type Samples = Quantity<'samples'>;

export const hertz = (value: number): Hertz => value as Hertz;
export const milliseconds = (value: number): Milliseconds => value as Milliseconds;
export const samples = (value: number): Samples => value as Samples;

/** The rate of every frame: the one at which all speech models of this kind were trained. */
export const MODEL_RATE = hertz(16_000);
/** The length of a frame at {@link MODEL_RATE}: one second. */
export const FRAME_SAMPLES = samples(16_000);

/** How many samples of {@link MODEL_RATE} a duration spans, rounded to the nearest. */
export const samplesIn = (duration: Milliseconds): Samples => samples(Math.round((duration * MODEL_RATE) / 1000));

/** How long a count of samples at `rate` (default {@link MODEL_RATE}) lasts, in whole milliseconds, rounded. */
export const durationOf = (count: Samples, rate: Hertz = MODEL_RATE): Milliseconds =>
  milliseconds(Math.round((count * 1000) / rate));
