import { mergeMap, type MonoTypeOperatorFunction } from 'rxjs';
import { SAMPLE_BYTES, type SampleFormat } from '../audio/sample-format.js';
import type { Milliseconds } from '../domain/units.js';
import type { StreamInput } from './stream-input.js';

type AudioInput = Extract<StreamInput, { kind: 'audio' }>;

/**
 * Hands long audio on in pieces of at most one hop, so that the flow gate decides between any two frames; a chunk that
 * is short enough, as live audio is, passes as it came.
 */
export const inPieces = (audio: SampleFormat, hop: Milliseconds): MonoTypeOperatorFunction<StreamInput> => {
  const sampleGroups = Math.max(1, Math.floor((audio.sampleRate * hop) / 1000));
  const length = sampleGroups * audio.channels * SAMPLE_BYTES[audio.encoding];
  return mergeMap((input) => (input.kind === 'audio' ? pieces(input, length) : [input]));
};

function* pieces(input: AudioInput, length: number): Generator<AudioInput> {
  for (let from = 0; from < input.bytes.length; from += length)
    yield { ...input, bytes: input.bytes.subarray(from, from + length) };
}
