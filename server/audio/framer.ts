import { FRAME_SAMPLES, samples, type Samples } from '../domain/units.js';
import type { Transducer } from './transducer.js';

/** One second of a channel as the framer cuts it. */
export interface CutFrame {
  /** 16,000 amplitudes, owned by the receiver until it gives the memory back; zeros where the stream had no audio. */
  readonly samples: Float32Array;
  /** How many real samples it has that no earlier frame contained. */
  readonly fresh: Samples;
  /** Stream position, in samples, after its newest real sample. */
  readonly end: Samples;
}

export interface Framer extends Transducer<Float32Array, CutFrame[]> {
  /** How many samples complete the next frame. */
  readonly missing: number;
}

/**
 * Cuts the samples of one channel at 16 kHz into one-second frames: the first once a full second is there, then one
 * every `hop` (1–16,000 samples). A flush puts the samples that no frame has contained yet into one last frame, with zeros
 * up to where that frame would have ended, and forgets the audio but not the stream position.
 */
export const createFramer = ({ hop, memory = () => new Float32Array(FRAME_SAMPLES) }: FramerOptions): Framer =>
  new SlidingFramer(hop, memory);

export interface FramerOptions {
  readonly hop: Samples;
  /** Gives memory for one frame, with any content; new memory where left out. */
  readonly memory?: () => Float32Array;
}

class SlidingFramer implements Framer {
  readonly #hop: Samples;
  readonly #memory: () => Float32Array;
  /** The frame being filled: older samples, then the fresh ones. Null while it is empty, so that idle streams take no memory. */
  #frame: Float32Array | null = null;
  #fresh = 0;
  /** How many fresh samples the frame being filled needs in all. */
  #due: number = FRAME_SAMPLES;
  #position = 0;

  constructor(hop: Samples, memory: () => Float32Array) {
    this.#hop = hop;
    this.#memory = memory;
  }

  get missing(): number {
    return this.#due - this.#fresh;
  }

  push(input: Float32Array): CutFrame[] {
    const frames: CutFrame[] = [];
    for (let from = 0; from < input.length;) {
      const frame = (this.#frame ??= this.#memory());
      const piece = input.subarray(from, from + this.#due - this.#fresh);
      frame.set(piece, FRAME_SAMPLES - this.#due + this.#fresh);
      from += piece.length;
      this.#fresh += piece.length;
      this.#position += piece.length;
      if (this.#fresh === this.#due) frames.push(this.#cut(frame));
    }
    return frames;
  }

  flush(): CutFrame[] {
    const frame = this.#frame;
    const hasFresh = this.#fresh > 0;
    const fresh = samples(this.#fresh);
    frame?.fill(0, FRAME_SAMPLES - this.#due + this.#fresh);
    this.#frame = null;
    this.#fresh = 0;
    this.#due = FRAME_SAMPLES;
    return frame && hasFresh ? [{ samples: frame, fresh, end: samples(this.#position) }] : [];
  }

  /** Returns the full frame and begins the next one with a copy of all but its oldest hop. */
  #cut(frame: Float32Array): CutFrame {
    const next = this.#memory();
    next.set(frame.subarray(this.#hop));
    const fresh = samples(this.#fresh);
    this.#frame = next;
    this.#fresh = 0;
    this.#due = this.#hop;
    return { samples: frame, fresh, end: samples(this.#position) };
  }
}
