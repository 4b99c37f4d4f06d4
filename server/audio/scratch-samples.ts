/** Memory for samples that are no longer needed when the next ones are requested; it grows to the largest request. */
export class ScratchSamples {
  #memory = new Float32Array(0);

  /** `count` samples of any value, valid until the next call. */
  take(count: number): Float32Array {
    if (this.#memory.length < count) this.#memory = new Float32Array(count);
    return this.#memory.subarray(0, count);
  }
}
