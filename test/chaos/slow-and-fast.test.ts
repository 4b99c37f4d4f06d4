import assert from 'node:assert/strict';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { shelfOf, sayingBalance } from '../support/contexts.js';
import { heldBytes } from '../support/memory.js';
import { deferred } from '../support/outcomes.js';
import { START, type WireMessage } from '../support/raw-clients.js';
import { clientFrame, closeCodeOf, handshake, rawSocket, serverFrames, upgradedSocket } from '../support/raw-socket.js';
import { ECHO_MODELS, serveReal, type RealServer } from '../support/real-server.js';
import { serveScripted } from '../support/scripted-server.js';
import { babble, pcm16 } from '../support/tones.js';
import { allGone, casesOf, withNeighbour } from './chaos.js';

const CROWD = casesOf(40, 1_000);
const FLOOD_MS = casesOf(1_000, 30_000);
const START_FRAME = clientFrame(Buffer.from(JSON.stringify(START)));
const MOST_BYTES = 32 * 2 ** 20;

/** Writes a byte at a time until the peer has ended; waits `ms` between them. */
const trickle = async (address: string, bytes: Buffer, ms: number): Promise<Buffer> => {
  const raw = await rawSocket(address);
  const state = { isOver: false };
  void raw.ended.then(() => (state.isOver = true));
  for (let at = 0; !state.isOver; at = Math.min(at + 1, bytes.length)) {
    if (at < bytes.length && raw.socket.writable) raw.socket.write(bytes.subarray(at, at + 1));
    await sleep(ms);
  }
  raw.close();
  return raw.received();
};

/** Writes the same bytes again and again until the peer has ended, or for `FLOOD_MS`. */
const flood = async (server: RealServer, bytes: Buffer): Promise<{ code: number | null; said: WireMessage[] }> => {
  const raw = await upgradedSocket(server.http);
  raw.socket.write(START_FRAME);
  const state = { isOver: false };
  void raw.ended.then(() => (state.isOver = true));
  for (const end = performance.now() + FLOOD_MS; !state.isOver && performance.now() < end;) {
    if (raw.socket.writable && !raw.socket.writableNeedDrain) raw.socket.write(bytes);
    await sleep(1);
  }
  const frames = serverFrames(raw.received());
  raw.close();
  const texts = frames.filter(({ opcode }) => opcode === 1).map(({ payload }) => payload.toString());
  return { code: closeCodeOf(frames), said: texts.map((text) => JSON.parse(text) as WireMessage) };
};

const times = (count: number, frame: Buffer): Buffer => Buffer.concat(Array.from({ length: count }, () => frame));

describe('A client that is far too slow or far too fast', function () {
  this.timeout(0);
  let server: RealServer;
  before(async () => {
    server = await serveReal({ models: ECHO_MODELS, startTimeoutMs: 500, pingIntervalMs: 300, resumeWindowMs: 200 });
  });
  after(() => server.running.drain());

  const beside = async (fault: () => Promise<void>): Promise<void> => {
    const before = await heldBytes();
    await withNeighbour(server, fault);
    await allGone(server);
    const grown = (await heldBytes()) - before;
    assert.ok(grown < MOST_BYTES, `${grown} bytes were kept`);
  };

  it(`is cut off when it sends a head or a frame byte by byte, and ${CROWD} of them disturb nobody`, () =>
    beside(async () => {
      const head = Buffer.from(handshake());
      const frame = Buffer.concat([head, clientFrame(Buffer.alloc(60_000), { opcode: 2 })]);
      const answers = await Promise.all(
        Array.from({ length: CROWD }, (_, index) =>
          index % 2 === 0 ? trickle(server.http, head, 50) : trickle(server.http, frame, 2),
        ),
      );
      for (const [index, answer] of answers.entries()) {
        const text = answer.toString('latin1');
        if (index % 2 === 0) assert.match(text, /^(HTTP\/1\.1 408 |$)/);
        else assert.match(text, /start_timeout|^HTTP\/1\.1 408 |^$/);
      }
    }));

  it('is cut off when it sends a frame byte by byte after its start, and answers no ping', () =>
    beside(async () => {
      const raw = await upgradedSocket(server.http);
      raw.socket.write(START_FRAME);
      raw.socket.write(clientFrame(Buffer.alloc(0), { opcode: 2, length: 200_000n }));
      const state = { isOver: false };
      void raw.ended.then(() => (state.isOver = true));
      while (!state.isOver) {
        if (raw.socket.writable) raw.socket.write('x');
        await sleep(10);
      }
      raw.close();
    }));

  const CONTROL: Readonly<Record<string, Buffer>> = {
    pings: clientFrame(Buffer.from('x'), { opcode: 9 }),
    pongs: clientFrame(Buffer.from('x'), { opcode: 10 }),
    keepalives: clientFrame(Buffer.from('{"type":"keepalive"}')),
    finalizes: clientFrame(Buffer.from('{"type":"finalize"}')),
    configures: clientFrame(Buffer.from('{"type":"configure","top_k":3}')),
    'empty messages': clientFrame(Buffer.alloc(0), { opcode: 2 }),
  };
  it('is warned, then refused, when it sends ten thousand messages without audio a second', () =>
    beside(async () => {
      await Promise.all(
        Object.entries(CONTROL).map(async ([name, frame]) => {
          const { code, said } = await flood(server, times(20, frame));
          const codes = said.filter(({ type }) => type !== 'ready').map((message) => message.code);
          assert.deepEqual([code, codes], [4429, ['control_rate', 'rate_exceeded']], name);
        }),
      );
    }));

  it('may send its audio in fragments of one byte', () =>
    beside(async () => {
      const message = Array.from({ length: 1_000 }, (_, index) =>
        clientFrame(Buffer.of(7), { opcode: index === 0 ? 2 : 0, isFinal: index === 999 }),
      );
      const { code, said } = await flood(server, Buffer.concat(message));
      assert.deepEqual([code, said.filter(({ type }) => type === 'error')], [null, []]);
    }));

  it('may send its audio in messages of one byte', () =>
    beside(async () => {
      const { code, said } = await flood(server, times(1_000, clientFrame(Buffer.of(7), { opcode: 2 })));
      assert.deepEqual([code, said.filter(({ type }) => type === 'error')], [null, []]);
    }));
});

describe('A writer at a hundred times real time', function () {
  this.timeout(0);
  /** The most that the buffers of two sockets and of the pipeline take. */
  const TAKEN_BYTES = 24 * 2 ** 20;

  it('has to wait until it is read, and all that it sent is classified in the end', async () => {
    const gate = deferred<undefined>();
    const server = await serveScripted({
      models: shelfOf((...frame) => gate.promise.then(() => sayingBalance(...frame))),
    });
    const audio = pcm16(babble(10, 5));
    const copies = 100;
    const socket = new WebSocket(`ws://${server.http}/v1/stream`);
    await once(socket, 'open');
    socket.send(JSON.stringify(START));
    for (let copy = 0; copy < copies; copy++)
      for (let at = 0; at < audio.length; at += 64_000) socket.send(audio.subarray(at, at + 64_000));
    socket.send('{"type":"close"}');
    for (let same = 0; same < 10;) {
      const waiting = socket.bufferedAmount;
      await sleep(20);
      same = waiting === socket.bufferedAmount ? same + 1 : 0;
    }
    const taken = copies * audio.length - socket.bufferedAmount;
    assert.ok(taken < TAKEN_BYTES, `${taken} bytes were taken from a writer that should wait`);
    let last = '';
    socket.on('message', (text) => (last = (text as Buffer).toString()));
    gate.resolve(undefined);
    await once(socket, 'close');
    const { type, audio_ms, gap_ms } = JSON.parse(last) as WireMessage;
    assert.deepEqual([type, audio_ms, gap_ms], ['closed', copies * 10_000, 0]);
    await server.close();
  });
});
