/** Milliseconds of audio behind each bar. */
export const BAR_MS = 25;

/** The peaks of one channel's audio, one bar per {@link BAR_MS} milliseconds, for the whole stream. */
export class Waveform {
  readonly bars: number[] = [];
  readonly #barSamples: number;
  #peak = 0;
  #filled = 0;

  constructor(sampleRate: number) {
    this.#barSamples = (sampleRate * BAR_MS) / 1000;
  }

  push(amplitudes: Float32Array): void {
    for (const amplitude of amplitudes) {
      this.#peak = Math.max(this.#peak, Math.abs(amplitude));
      if (++this.#filled < this.#barSamples) continue;
      this.bars.push(this.#peak);
      this.#filled -= this.#barSamples;
      this.#peak = 0;
    }
  }

  /** Stream time up to which there are bars, in milliseconds. */
  get lengthMs(): number {
    return this.bars.length * BAR_MS;
  }
}
