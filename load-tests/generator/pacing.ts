/**
 * When chunks are due, and frames with them. The n-th chunk is due at start + n × chunk, whatever happened to the ones
 * before: pacing that adds up waits would drift.
 */
export class Pacing {
  constructor(
    readonly startMs: number,
    readonly chunkMs: number,
  ) {}

  /** When chunk n, counting from 0, is to be sent. */
  dueOfChunk(n: number): number {
    return this.startMs + n * this.chunkMs;
  }

  /** When the chunk with the last sample before `streamMs` is to be sent: `streamMs` of audio are spoken then. */
  dueOfAudio(streamMs: number): number {
    return this.dueOfChunk(Math.max(0, Math.ceil(streamMs / this.chunkMs) - 1));
  }
}

/** Length of a frame and distance between frames, in milliseconds. */
export interface Framing {
  readonly frameMs: number;
  readonly hopMs: number;
}

/** Of the models that are measured, where their callers ask for no other hop. */
export const FRAMING: Framing = { frameMs: 1000, hopMs: 500 };

/** Stream time at which frame k, counting from 0, ends. */
export const endOfFrame = ({ frameMs, hopMs }: Framing, k: number): number => frameMs + k * hopMs;

/** How many frames so much audio makes when the stream is closed after it: what is left at the end is padded to one more. */
export const framesIn = ({ frameMs, hopMs }: Framing, audioMs: number): number =>
  audioMs <= 0 ? 0 : 1 + Math.max(0, Math.ceil((audioMs - frameMs) / hopMs));
