/**
 * Computes when chunks, and the frames in them, are due. Chunk n is due at start + n × chunk length, however late the earlier
 * chunks were sent: pacing that added up waits would drift.
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

  /** When the chunk with the last sample before `streamMs` is to be sent: by then, `streamMs` of audio have been spoken. */
  dueOfAudio(streamMs: number): number {
    return this.dueOfChunk(Math.max(0, Math.ceil(streamMs / this.chunkMs) - 1));
  }
}

/** Length of a frame and distance between frames, in milliseconds. */
export interface Framing {
  readonly frameMs: number;
  readonly hopMs: number;
}

/** The framing of the models that are measured, if callers do not ask for another hop. */
export const FRAMING: Framing = { frameMs: 1000, hopMs: 500 };

/** Stream time at which frame k, counting from 0, ends. */
export const endOfFrame = ({ frameMs, hopMs }: Framing, k: number): number => frameMs + k * hopMs;

/** How many frames a stream of `audioMs` has when it is closed then: audio that remains at the end is padded to one more frame. */
export const framesIn = ({ frameMs, hopMs }: Framing, audioMs: number): number =>
  audioMs <= 0 ? 0 : 1 + Math.max(0, Math.ceil((audioMs - frameMs) / hopMs));
