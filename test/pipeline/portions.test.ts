import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { SampleFormat } from '../../server/audio/sample-format.js';
import { hertz, milliseconds } from '../../server/domain/units.js';
import { Portions } from '../../server/pipeline/portions.js';
import { StreamFramer } from '../../server/pipeline/stream-framer.js';
import type { PipelineItem, PortionedInput, StreamInput } from '../../server/pipeline/stream-input.js';
import { randomChunks } from '../support/tones.js';

const HOP = milliseconds(500);
const MULAW: SampleFormat = { encoding: 'mulaw', sampleRate: hertz(8_000), channels: 1 };

const chunk = (length: number, arrivedAt = 0, first = 0): StreamInput => ({
  kind: 'audio',
  bytes: Uint8Array.from({ length }, (_, at) => (first + at) % 251),
  arrivedAt,
});
const finalize: StreamInput = { kind: 'finalize', arrivedAt: 0 };

/** Portions of 8 kHz µ-law at a hop of 500 ms, 4,000 bytes, where the next frame may be complete with `due` bytes. */
const dueAt = (due: number) => new Portions({ audio: MULAW, hop: HOP, samplesToNextFrame: () => due });
const joined = (chunks: readonly Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(chunks));
const sizes = (inputs: readonly PortionedInput[]) =>
  inputs.map((input) => (input.kind === 'audio' ? joined(input.chunks).length : input.kind));

describe('Portions of audio', () => {
  it('wait for the chunk with which a frame may be complete, and have its time of arrival', () => {
    const portions = dueAt(400);
    assert.deepEqual([...portions.push(chunk(160, 1)), ...portions.push(chunk(160, 2, 160))], []);
    const [portion] = portions.push(chunk(160, 3, 320));
    assert.ok(portion?.kind === 'audio');
    const { chunks, ...rest } = portion;
    assert.deepEqual({ ...rest, bytes: joined(chunks) }, chunk(480, 3));
  });

  it('do not wait when the frame may be complete already', () =>
    assert.deepEqual(sizes(dueAt(0).push(chunk(160))), [160]));

  it('are no longer than a hop', () => {
    assert.deepEqual(sizes(dueAt(1e6).push(chunk(9_000))), [4_000, 4_000, 1_000]);
    const portions = dueAt(1e6);
    const pushed = Array.from({ length: 60 }, () => sizes(portions.push(chunk(160))));
    assert.deepEqual(pushed.flat(), [4_000, 4_000]);
  });

  it('hold on to no more than fifty chunks, however short those are', () => {
    const portions = dueAt(1e6);
    const pushed = Array.from({ length: 120 }, (_, at) => sizes(portions.push(chunk(at % 2))));
    assert.deepEqual(pushed.flat(), [25, 25]);
  });

  it('count waiting audio as taken in', () => {
    const portions = dueAt(1e6);
    portions.push(chunk(1_600));
    assert.equal(portions.audioMs, 200);
  });

  it('come before any message that came after their audio, and at the flush', () => {
    const portions = dueAt(1e6);
    portions.push(chunk(160));
    assert.deepEqual(sizes(portions.push(finalize)), [160, 'finalize']);
    portions.push(chunk(160));
    assert.deepEqual(sizes(portions.flush()), [160]);
    assert.deepEqual(sizes(portions.flush()), []);
  });
});

const FORMATS: readonly SampleFormat[] = [
  MULAW,
  { encoding: 'pcm_s16le', sampleRate: hertz(16_000), channels: 1 },
  { encoding: 'alaw', sampleRate: hertz(11_025), channels: 2 },
  { encoding: 'pcm_f32le', sampleRate: hertz(44_100), channels: 1 },
  { encoding: 'pcm_s16le', sampleRate: hertz(48_000), channels: 2 },
];

/** What a framer puts out at each push, and then at the flush. */
const told = (format: SampleFormat, inputs: readonly StreamInput[], isGathered: boolean): (readonly unknown[])[] => {
  const framer = new StreamFramer({ audio: format, hop: HOP, now: () => 0, warn: () => undefined });
  const portions = new Portions({ audio: format, hop: HOP, samplesToNextFrame: () => framer.samplesToNextFrame });
  const hear = (given: readonly PortionedInput[]) => given.flatMap((input) => framer.push(input)).map(readable);
  const pushed = inputs.map((input) => hear(isGathered ? portions.push(input) : [alone(input)]));
  return [...pushed, [...hear(isGathered ? portions.flush() : []), ...framer.flush().map(readable)]];
};

const alone = (input: StreamInput): PortionedInput =>
  input.kind === 'audio' ? { kind: 'audio', chunks: [input.bytes], arrivedAt: input.arrivedAt } : input;

const readable = (item: PipelineItem): unknown => {
  if (item.kind !== 'frame') return item;
  const { samples, ...frame } = item.frame;
  return { ...frame, heard: samples.reduce((sum, sample, at) => sum + sample * Math.cos(at), 0) };
};

for (const format of FORMATS) {
  const { encoding, sampleRate, channels } = format;
  describe(`Portions of ${encoding} at ${sampleRate} Hz, channels: ${channels},`, () =>
    it('delay no frame by a chunk and change none', () => {
      const bytes = Uint8Array.from({ length: 300_000 }, (_, at) => (at * at) % 253);
      const property = fc.property(
        fc.integer({ min: 200, max: 20_000 }),
        fc.nat(),
        fc.nat(30),
        (longest, seed, cutAfter) => {
          const chunks = [...randomChunks(bytes, longest, seed)];
          const heard = chunks.map((part, at): StreamInput => ({ kind: 'audio', bytes: part, arrivedAt: at }));
          const inputs = [...heard.slice(0, cutAfter), finalize, ...heard.slice(cutAfter)];
          assert.deepEqual(told(format, inputs, true), told(format, inputs, false));
        },
      );
      fc.assert(property, { numRuns: 10 });
    }));
}
