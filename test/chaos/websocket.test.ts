import assert from 'node:assert/strict';
import { clientFrame, closeCodeOf, serverFrames, upgradedSocket, type RawSocket } from '../support/raw-socket.js';
import { ECHO_MODELS, serveReal, type RealServer } from '../support/real-server.js';
import { seeded } from '../support/tones.js';
import { allGone, assertNoGrowth, casesOf, pick, runCases, seedNote, whole, withNeighbour } from './chaos.js';
import { FAMILIES, type Misdeed } from './websocket-families.js';

const CASES = casesOf(1_000, 100_000);
const NAMES = Object.keys(FAMILIES);
const START = clientFrame(Buffer.from('{"type":"start","audio":{"encoding":"pcm_s16le","sample_rate":16000}}'));
/** Closes for which the server has an explanation of its own. */
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
});
