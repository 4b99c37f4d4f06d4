import { SAMPLE_BYTES, type SampleFormat } from '../audio/sample-format.js';
import type { Transducer } from '../audio/transducer.js';
import type { Milliseconds } from '../domain/units.js';
import type { StreamInput } from './stream-input.js';

type AudioInput = Extract<StreamInput, { kind: 'audio' }>;

/**
 * Cuts long audio into pieces of at most one hop, so that the flow gate decides between any two frames; a chunk that is
 * short enough, as live audio is, passes as it came.
 */
export const inPieces = (audio: SampleFormat, hop: Milliseconds): Transducer<StreamInput, readonly StreamInput[]> => {
  const sampleGroups = Math.max(1, Math.floor((audio.sampleRate * hop) / 1000));
  const length = sampleGroups * audio.channels * SAMPLE_BYTES[audio.encoding];
  return {
    push: (input) => (input.kind === 'audio' && input.bytes.length > length ? pieces(input, length) : [input]),
    flush: () => [],
  };
};

const pieces = (input: AudioInput, length: number): AudioInput[] =>
  Array.from({ length: Math.ceil(input.bytes.length / length) }, (_, index) => ({
    ...input,
    bytes: input.bytes.subarray(index * length, (index + 1) * length),
  }));
