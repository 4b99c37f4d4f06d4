/**
 * Source text of the module that runs on the browser's audio thread. It gathers the first channel into chunks of 50 ms and posts
 * them; when it is sent a message, it posts what it has gathered so far, then null. `microphone()` loads it from a `blob:` address.
 * If your page's Content-Security-Policy forbids that, serve this text and pass its address as `workletUrl`.
 */
export const WORKLET_SOURCE = `
class EarshotGatherer extends AudioWorkletProcessor {
  constructor() {
    super();
    this.length = Math.round(sampleRate / 20);
    this.begin();
    this.port.onmessage = () => {
      if (this.filled > 0) this.port.postMessage(this.chunk.slice(0, this.filled));
      this.port.postMessage(null);
      this.isDone = true;
    };
  }

  begin() {
    this.chunk = new Float32Array(this.length);
    this.filled = 0;
  }

  process([[samples] = []]) {
    for (let from = 0; samples && !this.isDone && from < samples.length;) {
      const taken = samples.subarray(from, from + this.length - this.filled);
      this.chunk.set(taken, this.filled);
      this.filled += taken.length;
      from += taken.length;
      if (this.filled < this.length) continue;
      this.port.postMessage(this.chunk, [this.chunk.buffer]);
      this.begin();
    }
    return !this.isDone;
  }
}
registerProcessor('earshot-gatherer', EarshotGatherer);
`;
