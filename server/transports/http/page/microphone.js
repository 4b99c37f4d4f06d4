/* global AudioWorkletProcessor, registerProcessor, sampleRate */

/** Gathers the microphone's first channel into chunks of 100 ms and posts them as Float32Array. */
class Gatherer extends AudioWorkletProcessor {
  constructor() {
    super();
    this.chunk = new Float32Array(Math.round(sampleRate / 10));
    this.filled = 0;
  }

  process([[samples] = []]) {
    for (let from = 0; samples && from < samples.length;) {
      const taken = samples.subarray(from, from + this.chunk.length - this.filled);
      this.chunk.set(taken, this.filled);
      this.filled += taken.length;
      from += taken.length;
      if (this.filled === this.chunk.length) this.post();
    }
    return true;
  }

  post() {
    this.port.postMessage(this.chunk, [this.chunk.buffer]);
    this.chunk = new Float32Array(Math.round(sampleRate / 10));
    this.filled = 0;
  }
}

registerProcessor('gatherer', Gatherer);
