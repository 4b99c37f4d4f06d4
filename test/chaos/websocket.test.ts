import assert from 'node:assert/strict';
import {
  clientFrame,
  closeCodeOf,
  handshake,
  rawSocket,
  serverFrames,
  upgradedSocket,
  type RawSocket,
} from '../support/raw-socket.js';
import { ECHO_MODELS, serveReal, type RealServer } from '../support/real-server.js';
import { seeded } from '../support/tones.js';
import { allGone, assertNoGrowth, casesOf, pick, runCases, seedNote, whole, withNeighbour } from './chaos.js';
import { FAMILIES, type Misdeed } from './websocket-families.js';

const CASES = casesOf(600, 100_000);
const NAMES = Object.keys(FAMILIES);
const START = clientFrame(Buffer.from('{"type":"start","audio":{"encoding":"pcm_s16le","sample_rate":16000}}'));
/** Close codes that the server explains with an error message. */
const EXPLAINED = new Set([1002, 1007, 1008, 1009, 4400]);

/** Writes bytes in pieces, as a network may deliver them. */
const dribble = async ({ socket }: RawSocket, bytes: Buffer, random: () => number): Promise<void> => {
  const pieces = bytes.length < 1_000 ? whole(random, 1, 3) : 1;
  for (let piece = 0; piece < pieces; piece++) {
    const [from, to] = [piece, piece + 1].map((cut) => Math.floor((bytes.length * cut) / pieces));
    socket.write(bytes.subarray(from, to));
    if (piece + 1 < pieces) await new Promise((resolve) => setImmediate(resolve));
  }
};

const isKeptOpen = (raw: RawSocket): boolean => !raw.socket.readableEnded && !raw.socket.destroyed;

const end = async (raw: RawSocket, then: Misdeed['then']): Promise<void> => {
  if (then === 'cut') raw.socket.resetAndDestroy();
  else if (then === 'half_close') raw.socket.end();
  else {
    await raw.until((received) => closeCodeOf(serverFrames(received)) !== null);
    raw.socket.write(clientFrame(Buffer.alloc(0), { opcode: 8 }));
  }
  await raw.ended;
};

const assertAnswered = (raw: RawSocket, { closeCode, isEchoed = false }: Misdeed): void => {
  const frames = serverFrames(raw.received());
  assert.equal(closeCodeOf(frames), closeCode);
  const said = frames.filter(({ opcode }) => opcode === 1).map(({ payload }) => payload.toString());
  const errors = said.filter((text) => text.startsWith('{"type":"error"'));
  const isExplained = closeCode !== null && EXPLAINED.has(closeCode) && !isEchoed;
  assert.equal(errors.length, isExplained ? 1 : 0, errors.join());
};

/** One connection that does one thing wrong, before or after its start. */
const misbehave = async (server: RealServer, seed: number): Promise<void> => {
  const random = seeded(seed);
  const family = NAMES[seed % NAMES.length]!;
  const raw = await upgradedSocket(server.http);
  const misdeed = FAMILIES[family]!(random);
  try {
    if (random() < 0.5) raw.socket.write(START);
    if (random() < 0.2)
      raw.socket.write(clientFrame(Buffer.from('{"type":"keepalive"}'), { mask: pick(random, MASKS) }));
    await dribble(raw, misdeed.bytes, random);
    await end(raw, misdeed.then);
    if (misdeed.then !== 'cut') assertAnswered(raw, misdeed);
    assert.ok(misdeed.then === 'cut' || !isKeptOpen(raw));
  } catch (cause) {
    throw new Error(`${family}: ${(cause as Error).message}`, { cause });
  } finally {
    raw.close();
  }
};

const MASKS = [Uint8Array.of(0, 0, 0, 0), Uint8Array.of(255, 1, 128, 7)];

/** Handshakes gone wrong (RFC 6455 §4.2.1), and the HTTP status of the answer. */
const HANDSHAKES: Readonly<Record<string, readonly [string, number]>> = {
  'no key': [handshake('/v1/stream', { 'Sec-WebSocket-Key': undefined }), 400],
  'a key that is no base64': [handshake('/v1/stream', { 'Sec-WebSocket-Key': '????' }), 400],
  'a key of another length': [handshake('/v1/stream', { 'Sec-WebSocket-Key': 'AAAA' }), 400],
  'an old version': [handshake('/v1/stream', { 'Sec-WebSocket-Version': '7' }), 400],
  'no version': [handshake('/v1/stream', { 'Sec-WebSocket-Version': undefined }), 400],
  // Answered as a request without any upgrade.
  'an upgrade to something else': [handshake('/v1/stream', { Upgrade: 'h2c' }), 426],
  'no upgrade': [handshake('/v1/stream', { Upgrade: undefined, Connection: 'close' }), 426],
  POST: [handshake('/v1/stream', { 'Content-Length': '0' }, 'POST /v1/stream HTTP/1.1'), 405],
  'HTTP/1.0': [handshake('/v1/stream', { Host: undefined }, 'GET /v1/stream HTTP/1.0'), 101],
  'an unknown version of HTTP': [handshake('/v1/stream', {}, 'GET /v1/stream HTTP/9.9'), 400],
  'a sub-protocol that is no token': [handshake('/v1/stream', { 'Sec-WebSocket-Protocol': 'a b,,' }), 400],
  'another path': [handshake('/v1/streams'), 404],
  'a path out of the server': [handshake('/../../etc/passwd'), 404],
  'a target that is no URL': [handshake('//'), 404],
  'a NUL in a header': [handshake('/v1/stream', { 'X-Y': 'a\u0000b' }), 400],
  'a header without a name': [handshake('/v1/stream', { '': 'x' }), 400],
  'two lengths': [handshake('/v1/stream', { 'Content-Length': '5', 'Transfer-Encoding': 'chunked' }), 400],
  'a head of 20 KiB': [handshake('/v1/stream', { Cookie: 'x'.repeat(20_480) }), 431],
  'a TLS hello': ['\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003', 400],
  'an extension that is not known': [
    handshake('/v1/stream', { 'Sec-WebSocket-Extensions': 'x-webkit-deflate-frame' }),
    101,
  ],
};

describe('A WebSocket client that breaks the rules', function () {
  this.timeout(0);
  let server: RealServer;
  before(async () => {
    server = await serveReal({ models: ECHO_MODELS, resumeWindowMs: 300 });
  });
  after(() => server.running.drain());

  it(`gets the close code of RFC 6455, disturbs nobody and leaves nothing behind ${seedNote(CASES)}`, async () => {
    const misbehaveAll = async (cases: number) => {
      await withNeighbour(server, () => runCases(cases, 16, (seed) => misbehave(server, seed)));
      await allGone(server);
    };
    await assertNoGrowth(
      8 * 2 ** 20,
      () => misbehaveAll(NAMES.length * 4),
      () => misbehaveAll(CASES),
    );
  });

  for (const [name, [bytes, status]] of Object.entries(HANDSHAKES))
    it(`is answered ${status} to a handshake with ${name}`, async () => {
      const raw = await rawSocket(server.http);
      raw.socket.write(bytes, 'latin1');
      await raw.until((received) => received.includes('\r\n\r\n'));
      assert.equal(Number(/^HTTP\/1\.1 (\d+) /.exec(raw.received().toString('latin1'))?.[1]), status);
      if (status !== 101) await raw.ended;
      raw.close();
    });
});
