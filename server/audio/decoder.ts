import { SAMPLE_BYTES, type SampleEncoding, type SampleFormat } from './sample-format.js';
import { UNPACK, type Unpack } from './unpack.js';

/** Turns the bytes of a stream into samples, however they are cut. Not a transducer: bytes left over give no samples. */
export interface Decoder {
  /** How many floating-point samples so far were not finite (replaced by 0) or outside −1…1 (clamped). */
  readonly repairedSamples: number;
  /**
   * One array of amplitudes in −1…1 per channel, all of the same length, in the memory that the decoder was given. Bytes
   * of an incomplete group (one sample of each channel) are held back for the next push.
   */
  push(bytes: Uint8Array): Float32Array[];
  /** Drops the incomplete group that is still held; returns how many bytes that was, 0 after whole groups only. */
  flush(): number;
}

/** Where a decoder puts its samples, and how it unpacks them. */
export interface DecoderMeans {
  /** Gives memory for `count` samples, with any content. */
  readonly take: (count: number) => Float32Array;
  readonly unpack: Readonly<Record<SampleEncoding, Unpack>>;
}

const PLAIN: DecoderMeans = { take: (count) => new Float32Array(count), unpack: UNPACK };

/** A decoder for one stream of `format`. Its output belongs to the receiver, unless its means hand out shared memory. */
export const createDecoder = (format: SampleFormat, means: DecoderMeans = PLAIN): Decoder =>
  new InterleavedDecoder(format, means);

class InterleavedDecoder implements Decoder {
  repairedSamples = 0;
  readonly #channels: number;
  readonly #sampleBytes: number;
  readonly #groupBytes: number;
  readonly #unpack: Unpack;
  readonly #held: Uint8Array;
  readonly #take: DecoderMeans['take'];
  #heldBytes = 0;

  constructor({ encoding, channels }: SampleFormat, { take, unpack }: DecoderMeans) {
    this.#take = take;
    this.#channels = channels;
    this.#sampleBytes = SAMPLE_BYTES[encoding];
    this.#groupBytes = this.#sampleBytes * channels;
    this.#unpack = unpack[encoding];
    this.#held = new Uint8Array(this.#groupBytes);
  }

  push(bytes: Uint8Array): Float32Array[] {
    const groups = Math.floor((this.#heldBytes + bytes.length) / this.#groupBytes);
    const channels = this.#tracks(groups);
    const from = this.#completeHeld(bytes, channels);
    const seam = from > 0 && this.#heldBytes === 0 ? 1 : 0;
    const whole = (groups - seam) * this.#groupBytes;
    if (whole > 0) this.#unpackAll(from === 0 ? bytes : bytes.subarray(from), seam, channels);
    if (from + whole < bytes.length) this.#hold(bytes.subarray(from + whole));
    return channels;
  }

  flush(): number {
    const dropped = this.#heldBytes;
    this.#heldBytes = 0;
    return dropped;
  }

  /** Fills up a held group from the start of `bytes`; returns how many bytes that took. */
  #completeHeld(bytes: Uint8Array, channels: Float32Array[]): number {
    if (this.#heldBytes === 0) return 0;
    const taken = Math.min(this.#groupBytes - this.#heldBytes, bytes.length);
    this.#hold(bytes.subarray(0, taken));
    if (this.#heldBytes === this.#groupBytes) {
      this.#heldBytes = 0;
      const first = channels.map((samples) => samples.subarray(0, 1));
      this.#unpackAll(this.#held, 0, first);
    }
    return taken;
  }

  #tracks(groups: number): Float32Array[] {
    const memory = this.#take(this.#channels * groups);
    if (this.#channels === 1) return [memory];
    return Array.from({ length: this.#channels }, (_, index) => memory.subarray(index * groups, (index + 1) * groups));
  }

  #hold(bytes: Uint8Array): void {
    this.#held.set(bytes, this.#heldBytes);
    this.#heldBytes += bytes.length;
  }

  /** Fills the channels' samples from index `at` on with those of the groups at the start of `bytes`. */
  #unpackAll(bytes: Uint8Array, at: number, channels: Float32Array[]): void {
    for (let channel = 0; channel < channels.length; channel++) {
      const samples = channels[channel]!;
      const out = at === 0 ? samples : samples.subarray(at);
      this.repairedSamples += this.#unpack(bytes, channel * this.#sampleBytes, this.#groupBytes, out);
    }
  }
}
