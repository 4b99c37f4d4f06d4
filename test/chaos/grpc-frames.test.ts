import assert from 'node:assert/strict';
import { status } from '@grpc/grpc-js';
import {
  connect,
  constants,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
} from 'node:http2';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { MAX_RECORDING_BYTES } from '../../proto/limits.js';
import { ClientMessage } from '../support/raw-clients.js';
import { framed, STREAM_INTENTS } from '../support/raw-grpc.js';
import { rawSocket } from '../support/raw-socket.js';
import { ECHO_MODELS, serveReal, type RealServer } from '../support/real-server.js';
import { seeded } from '../support/tones.js';
import {
  allGone,
  assertNoGrowth,
  casesOf,
  pick,
  randomBytes,
  runCases,
  SEED,
  seedNote,
  whole,
  withNeighbour,
} from './chaos.js';
import { mutated } from './mutations.js';

const CASES = casesOf(200, 100_000);
/** A recording, and 1 KiB for the other fields of its message. */
const MOST_BYTES = MAX_RECORDING_BYTES + 1_024;
const CALLS_A_CONNECTION = 1_000;
/** What has not ended by now never will. */
const LONG_ENOUGH_MS = 20_000;

type Random = () => number;

const encoded = (message: object): Uint8Array => ClientMessage.encode(ClientMessage.fromObject(message)).finish();
const START = framed(encoded({ start: { audio: { encoding: 'pcm_s16le', sample_rate: 16_000 } } }));
const AUDIO = encoded({ audio: new Uint8Array(640) });

interface Misdeed {
  readonly bytes: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  /** The statuses that the call may end with; null where the client cuts it before it is answered. */
  readonly ends: readonly number[] | null;
}

/** Status codes of the gRPC specification for each fault of framing; a fault of content counts only after a good `start`. */
const FAMILIES: Readonly<Record<string, (random: Random, hasStarted: boolean) => Misdeed>> = {
  'a length beyond what is taken': (random) => ({
    bytes: framed(AUDIO, 0, pick(random, [33_600_000, 2 ** 31, 2 ** 32 - 1])),
    ends: [status.RESOURCE_EXHAUSTED],
  }),
  'a message that ends too soon': (random) => ({
    bytes: framed(AUDIO, 0, AUDIO.length + whole(random, 1, 10_000)),
    ends: [status.OK],
  }),
  'half a length': (random) => ({ bytes: framed(AUDIO).subarray(0, whole(random, 1, 4)), ends: [status.OK] }),
  'a message that says it is compressed, with what is not': (random) => ({
    bytes: framed(randomBytes(random, 50), 1),
    headers: { 'grpc-encoding': pick(random, ['gzip', 'deflate']) },
    ends: [status.INTERNAL],
  }),
  'a compressed message cut short': () => ({
    bytes: framed(gzipSync(AUDIO).subarray(0, 20), 1),
    headers: { 'grpc-encoding': 'gzip' },
    ends: [status.INTERNAL],
  }),
  'an unknown compression': () => ({
    bytes: framed(AUDIO, 1),
    headers: { 'grpc-encoding': 'br' },
    ends: [status.UNIMPLEMENTED],
  }),
  'a message with faults': (random, hasStarted) => ({
    bytes: Buffer.concat([framed(mutated(random, AUDIO)), framed(encoded({ close: {} }))]),
    ends: hasStarted ? [status.OK, status.INVALID_ARGUMENT] : [status.INVALID_ARGUMENT],
  }),
  garbage: (random) => {
    const bytes = randomBytes(random, whole(random, 5, 300));
    // As a length, these are at least 16 MiB: the message never ends.
    bytes[1]! |= 1;
    const isTooLong = bytes.readUInt32BE(1) > MOST_BYTES;
    return { bytes, ends: [isTooLong ? status.RESOURCE_EXHAUSTED : status.OK] };
  },
  'no message': () => ({ bytes: Buffer.alloc(0), ends: [status.OK] }),
  'empty messages': (random) => ({
    bytes: Buffer.concat(Array.from({ length: whole(random, 1, 300) }, () => framed(Buffer.alloc(0)))),
    ends: [status.INVALID_ARGUMENT],
  }),
  'a call that is cut': (random) => ({ bytes: framed(AUDIO).subarray(0, whole(random, 0, 30)), ends: null }),
};

const NAMES = Object.keys(FAMILIES);

/** The gRPC status of a call, from its trailers, or from its only headers. */
const statusOf = (call: ClientHttp2Stream): Promise<number> =>
  new Promise((resolve, reject) => {
    call.on('response', (headers: IncomingHttpHeaders) => {
      if (headers['grpc-status'] !== undefined) resolve(Number(headers['grpc-status']));
    });
    call.on('trailers', (trailers: IncomingHttpHeaders) => resolve(Number(trailers['grpc-status'])));
    call.on('error', reject);
    call.on('close', () => reject(new Error(`the call was closed without a status, RST ${call.rstCode}`)));
    call.resume();
  });

const misbehave = async (session: ClientHttp2Session, seed: number): Promise<void> => {
  const random = seeded(seed);
  const family = NAMES[seed % NAMES.length]!;
  const hasStarted = random() < 0.5;
  const { bytes, headers = {}, ends } = FAMILIES[family]!(random, hasStarted);
  const call = session.request({ ...STREAM_INTENTS, ...headers });
  if (hasStarted) call.write(START);
  if (ends === null) {
    call.on('error', () => undefined).resume();
    call.write(bytes);
    call.close(
      pick(random, [constants.NGHTTP2_CANCEL, constants.NGHTTP2_INTERNAL_ERROR, constants.NGHTTP2_PROTOCOL_ERROR]),
    );
    await new Promise((resolve) => call.once('close', resolve));
    return;
  }
  const ended = statusOf(call);
  call.end(bytes);
  const code = await ended;
  const told = `${family}, ${hasStarted ? 'after' : 'without'} a start, ended with ${status[code]}`;
  assert.ok(ends.includes(code), `${told}, not ${ends.map((end) => status[end]).join(' or ')}`);
};

describe('A gRPC client that breaks the rules', function () {
  this.timeout(0);
  let server: RealServer;
  before(async () => {
    server = await serveReal({ models: ECHO_MODELS, resumeWindowMs: 300 });
  });
  after(() => server.running.drain());

  /** Runs cases over one connection after another: HTTP/2 itself ends a connection on which too many calls were cut. */
  const misbehaveOn = async (cases: number): Promise<void> => {
    const opened: ClientHttp2Session[] = [];
    const sessionFor = (index: number) => (opened[index] ??= connect(`http://${server.grpc}`));
    await runCases(cases, 8, (seed) => misbehave(sessionFor(Math.floor((seed - SEED) / CALLS_A_CONNECTION)), seed));
    await Promise.all(opened.map((session) => new Promise<void>((resolve) => session.close(resolve))));
  };

  it(`gets the right status, disturbs nobody and leaves nothing behind ${seedNote(CASES)}`, async () => {
    const misbehaveAll = async (cases: number) => {
      await withNeighbour(server, () => misbehaveOn(cases));
      await allGone(server);
    };
    await assertNoGrowth(
      8 * 2 ** 20,
      () => misbehaveAll(NAMES.length * 4),
      () => misbehaveAll(CASES),
    );
  });

  it('is refused when its 64 KiB decompress to 64 MiB', async function () {
    this.timeout(LONG_ENOUGH_MS);
    const session = connect(`http://${server.grpc}`);
    const call = session.request({ ...STREAM_INTENTS, 'grpc-encoding': 'gzip' });
    const ended = statusOf(call);
    call.end(framed(gzipSync(Buffer.alloc(64 * 2 ** 20)), 1));
    assert.equal(await ended, status.RESOURCE_EXHAUSTED);
    session.close();
  });

  it('is disconnected when it does not speak HTTP/2 at all, or speaks it wrong', async () => {
    const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    const frame = (type: number, flags: number, stream: number, payload: Buffer): Buffer => {
      const head = Buffer.alloc(9);
      head.writeUIntBE(payload.length, 0, 3);
      head.writeUInt8(type, 3);
      head.writeUInt8(flags, 4);
      head.writeUInt32BE(stream, 5);
      return Buffer.concat([head, payload]);
    };
    const settings = Buffer.concat([PREFACE, frame(4, 0, 0, Buffer.alloc(0))]);
    const faults: Readonly<Record<string, Buffer>> = {
      'HTTP/1.1': Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'),
      garbage: Buffer.from('0102030405060708090a0b0c0d0e0f101112131415161718', 'hex'),
      'settings of five bytes': Buffer.concat([PREFACE, frame(4, 0, 0, Buffer.alloc(5))]),
      'data of no stream': Buffer.concat([settings, frame(0, 0, 0, Buffer.alloc(5))]),
      'headers that do not unpack': Buffer.concat([settings, frame(1, 5, 1, Buffer.alloc(40, 0xff))]),
      'a frame of 16 MiB': Buffer.concat([
        settings,
        frame(0, 0, 1, Buffer.alloc(0)),
        Buffer.from([0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 1]),
      ]),
      'an even stream': Buffer.concat([settings, frame(1, 5, 2, Buffer.from([0x82, 0x86, 0x84]))]),
    };
    const impatient = await serveReal({ models: ECHO_MODELS, pingIntervalMs: 300 });
    const isDisconnected = async ([name, bytes]: [string, Buffer]) => {
      const raw = await rawSocket(impatient.grpc);
      raw.socket.write(bytes);
      const hasEnded = await Promise.race([raw.ended.then(() => true), sleep(LONG_ENOUGH_MS, false, { ref: false })]);
      raw.close();
      return [name, hasEnded];
    };
    const ends = await Promise.all(Object.entries(faults).map(isDisconnected));
    assert.deepEqual(
      ends,
      Object.keys(faults).map((name) => [name, true]),
    );
    await impatient.running.drain();
  });
});
