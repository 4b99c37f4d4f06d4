import { clientFrame } from '../support/raw-socket.js';
import { pick, randomBytes, whole } from './chaos.js';

type Random = () => number;

/** What one client does on an open WebSocket, and how the server must answer. */
export interface Misdeed {
  readonly bytes: Buffer;
  /** The close code of the server (RFC 6455 §7.4.1); 1005 is a close frame without one, null no close frame at all. */
  readonly closeCode: number | null;
  /** Whether the server only repeats the client's own code: then it has nothing to explain. */
  readonly isEchoed?: boolean;
  /** How the client ends: it waits for the server, it ends its half, or it cuts the connection. */
  readonly then?: 'wait' | 'half_close' | 'cut';
}

const OPCODES = [0, 1, 2, 8, 9, 10] as const;
const CONTROL = [8, 9, 10] as const;
/** One byte more than a message may have. */
const TOO_LONG = 256 * 1024 + 1;
const MAX_FRAGMENTS = 1_024;
/** Overlong forms, surrogates, beyond U+10FFFF, cut sequences (the families 6.x of Autobahn's suite). */
const NOT_UTF8 = ['c0af', 'e080af', 'eda080', 'edbfbf', 'f4908080', 'f8888080', 'fe', 'ff', '80', 'bf', 'ce', 'f09f98'];

const closing = (code: number, reason: Uint8Array = Buffer.alloc(0)): Buffer => {
  const head = Buffer.alloc(2);
  head.writeUInt16BE(code);
  return clientFrame(Buffer.concat([head, reason]), { opcode: 8 });
};

const notUtf8 = (random: Random): Buffer =>
  Buffer.concat([Buffer.from('κόσμε '), Buffer.from(pick(random, NOT_UTF8), 'hex'), Buffer.from(' end')]);

const inFragments = (random: Random, payload: Buffer, opcode: number): Buffer => {
  const cut = whole(random, 0, payload.length);
  return Buffer.concat([
    clientFrame(payload.subarray(0, cut), { opcode, isFinal: false }),
    ...Array.from({ length: whole(random, 0, 3) }, () => clientFrame(randomBytes(random, 4), { opcode: 9 })),
    clientFrame(payload.subarray(cut), { opcode: 0 }),
  ]);
};

const GOOD_CLOSE_CODES = [
  1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999,
];
const BAD_CLOSE_CODES = [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535];

/** Families of misdeeds, after those of the Autobahn test suite, each with the one right answer. */
export const FAMILIES: Readonly<Record<string, (random: Random) => Misdeed>> = {
  'a reserved bit': (random) => ({
    bytes: clientFrame(randomBytes(random, whole(random, 0, 125)), {
      opcode: pick(random, OPCODES),
      reserved: whole(random, 1, 7),
    }),
    closeCode: 1002,
  }),
  'an opcode that means nothing': (random) => ({
    bytes: clientFrame(randomBytes(random, whole(random, 0, 125)), {
      opcode: pick(random, [3, 4, 5, 6, 7, 11, 12, 13, 14, 15]),
    }),
    closeCode: 1002,
  }),
  'a control frame in fragments': (random) => ({
    bytes: clientFrame(randomBytes(random, 5), { opcode: pick(random, CONTROL), isFinal: false }),
    closeCode: 1002,
  }),
  'a control frame that is too long': (random) => ({
    bytes: clientFrame(randomBytes(random, whole(random, 126, 400)), { opcode: pick(random, CONTROL) }),
    closeCode: 1002,
  }),
  'a frame without a mask': (random) => ({
    bytes: clientFrame(randomBytes(random, whole(random, 0, 125)), {
      opcode: pick(random, OPCODES.slice(1)),
      isMasked: false,
    }),
    closeCode: 1002,
  }),
  'a continuation of nothing': (random) => ({
    bytes: clientFrame(randomBytes(random, 10), { opcode: 0, isFinal: random() < 0.5 }),
    closeCode: 1002,
  }),
  'a message inside another': (random) => ({
    bytes: Buffer.concat([
      clientFrame(Buffer.from('{'), { isFinal: false }),
      clientFrame(Buffer.from('}'), { opcode: whole(random, 1, 2) }),
    ]),
    closeCode: 1002,
  }),
  'text that is no UTF-8': (random) => ({ bytes: clientFrame(notUtf8(random)), closeCode: 1007 }),
  'text that is no UTF-8, in fragments': (random) => ({
    bytes: inFragments(random, notUtf8(random), 1),
    closeCode: 1007,
  }),
  'a close frame of one byte': (random) => ({
    bytes: clientFrame(randomBytes(random, 1), { opcode: 8 }),
    closeCode: 1002,
  }),
  'a close code that may not be sent': (random) => ({ bytes: closing(pick(random, BAD_CLOSE_CODES)), closeCode: 1002 }),
  'a close reason that is no UTF-8': (random) => ({ bytes: closing(1000, notUtf8(random)), closeCode: 1007 }),
  'a good close': (random) => {
    const closeCode = pick(random, GOOD_CLOSE_CODES);
    return { bytes: closing(closeCode, Buffer.from('adiós')), closeCode, isEchoed: true };
  },
  'a close without a code': () => ({ bytes: clientFrame(Buffer.alloc(0), { opcode: 8 }), closeCode: 1005 }),
  'words after a close': (random) => ({
    bytes: Buffer.concat([closing(1000), clientFrame(randomBytes(random, 20), { opcode: 2 })]),
    closeCode: 1000,
  }),
  'a message that says it is too long': (random) => ({
    bytes: clientFrame(Buffer.alloc(0), {
      opcode: whole(random, 1, 2),
      length: pick(random, [
        BigInt(TOO_LONG),
        2n ** 31n,
        2n ** 32n,
        2n ** 53n,
        2n ** 63n - 1n,
        2n ** 63n,
        2n ** 64n - 1n,
      ]),
    }),
    closeCode: 1009,
  }),
  'a message that becomes too long': (random) => ({
    bytes: Buffer.concat([
      clientFrame(Buffer.alloc(200_000), { opcode: 2, isFinal: false }),
      clientFrame(Buffer.alloc(0), { opcode: 0, length: BigInt(whole(random, 62_145, 1e9)) }),
    ]),
    closeCode: 1009,
  }),
  'a message in too many fragments': () => ({
    bytes: Buffer.concat(
      Array.from({ length: MAX_FRAGMENTS + 1 }, (_, index) =>
        clientFrame(Buffer.from('x'), { opcode: index === 0 ? 2 : 0, isFinal: false }),
      ),
    ),
    closeCode: 1008,
  }),
  'a short length written long': (random) => ({
    bytes: Buffer.concat([
      clientFrame(Buffer.from('{"type":"keepalive"}'), { lengthBytes: pick(random, [2, 8] as const) }),
      closing(1000),
    ]),
    closeCode: 1000,
  }),
  'pings, pongs and a keepalive in fragments': (random) => ({
    bytes: Buffer.concat([
      clientFrame(randomBytes(random, whole(random, 0, 125)), { opcode: 9 }),
      clientFrame(randomBytes(random, whole(random, 0, 125)), { opcode: 10, mask: randomBytes(random, 4) }),
      inFragments(random, Buffer.from('{"type":"keepalive"}'), 1),
      closing(1000),
    ]),
    closeCode: 1000,
  }),
  'control text that is too long': () => ({ bytes: clientFrame(Buffer.alloc(16_385, 'x')), closeCode: 4400 }),
  'JSON that says nothing': (random) => ({
    bytes: clientFrame(
      Buffer.from(pick(random, ['{}', '[]', 'null', '"start"', '{"type":"__proto__"}', '{'.repeat(9_000), '[1e999]'])),
    ),
    closeCode: 4400,
  }),
  'a half-close without a word': () => ({ bytes: Buffer.alloc(0), closeCode: null, then: 'half_close' }),
  'a half-close inside a frame': (random) => ({
    bytes: clientFrame(Buffer.alloc(100)).subarray(0, whole(random, 1, 50)),
    closeCode: null,
    then: 'half_close',
  }),
  'a cut inside a frame': (random) => ({
    bytes: clientFrame(Buffer.alloc(100)).subarray(0, whole(random, 0, 50)),
    closeCode: null,
    then: 'cut',
  }),
};
