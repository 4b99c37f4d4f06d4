/** Memory for samples that are used up before anything else asks for some: it grows to the most ever asked for. */
export class ScratchSamples {
  #memory = new Float32Array(0);
  /** What was given last: chunks of a stream are alike, and a new view costs as much as a few hundred samples. */
  #given: Float32Array = this.#memory;

  /** `count` samples of any value, valid until the next call. */
  take(count: number): Float32Array {
    if (this.#memory.length < count) this.#memory = new Float32Array(count);
    if (this.#given.length !== count || this.#given.buffer !== this.#memory.buffer) {
      this.#given = this.#memory.subarray(0, count);
    }
    return this.#given;
  }
}
