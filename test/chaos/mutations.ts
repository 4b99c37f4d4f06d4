import { pick, randomBytes, whole } from './chaos.js';

type Random = () => number;
type Edit = (random: Random, bytes: Buffer) => Buffer;

const EDGES = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

const spliced = (bytes: Buffer, at: number, gone: number, put: Buffer): Buffer =>
  Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + gone)]);

const EDITS: readonly Edit[] = [
  (random, bytes) => {
    const at = whole(random, 0, bytes.length - 1);
    return spliced(bytes, at, 1, Buffer.of(bytes[at]! ^ (1 << whole(random, 0, 7))));
  },
  (random, bytes) => spliced(bytes, whole(random, 0, bytes.length - 1), 1, Buffer.of(pick(random, EDGES) & 0xff)),
  (random, bytes) => {
    const edge = Buffer.alloc(4);
    edge.writeUInt32LE(pick(random, EDGES));
    return spliced(bytes, whole(random, 0, bytes.length - 1), 4, random() < 0.5 ? edge : edge.reverse());
  },
  (random, bytes) => spliced(bytes, whole(random, 0, bytes.length - 1), whole(random, 1, 16), Buffer.alloc(0)),
  (random, bytes) => spliced(bytes, whole(random, 0, bytes.length), 0, randomBytes(random, whole(random, 1, 16))),
  (random, bytes) => {
    const from = whole(random, 0, bytes.length - 1);
    return spliced(bytes, whole(random, 0, bytes.length), 0, bytes.subarray(from, from + whole(random, 1, 16)));
  },
  (random, bytes) => bytes.subarray(0, whole(random, 0, bytes.length)),
];

/** Bytes with one to four faults. */
export const mutated = (random: Random, bytes: Uint8Array): Buffer => {
  let now: Buffer = Buffer.from(bytes);
  for (let edits = whole(random, 1, 4); edits > 0 && now.length > 0; edits--) now = pick(random, EDITS)(random, now);
  return now;
};
