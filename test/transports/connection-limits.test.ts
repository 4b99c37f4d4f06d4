import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:http2';
import { setTimeout as sleep } from 'node:timers/promises';
import { CONTROL_BURST } from '../../server/session/control-rate.js';
import { MAX_FRAGMENTS, MAX_HEADER_BYTES } from '../../server/transports/connection-limits.js';
import { cuttingProxy } from '../support/cutting-proxy.js';
import { grpcClient } from '../support/raw-clients.js';
import { clientFrame, closeCodeOf, handshake, rawSocket, serverFrames, upgradedSocket } from '../support/raw-socket.js';
import { serveScripted, type ScriptedServer } from '../support/scripted-server.js';

const statusLine = (received: Buffer): string => received.toString('latin1').split('\r\n')[0]!;
const PING = clientFrame(Buffer.alloc(0), { opcode: 9 });
const START_AUDIO = { encoding: 'mulaw', sample_rate: 8000 };
const START = JSON.stringify({ type: 'start', audio: START_AUDIO });
/** Where an HTTP/2 frame has its type, and the type of a ping (RFC 9113, section 6.7). */
const HTTP2_TYPE = 3;
const HTTP2_PING = 6;

describe('One connection', () => {
  let server: ScriptedServer;
  before(async () => {
    server = await serveScripted({}, { handshakeTimeoutMs: 300, requestTimeoutMs: 600, pingIntervalMs: 200 });
  });
  after(() => server.close());

  const UNFINISHED: readonly (readonly [string, string])[] = [
    ['nothing at all', ''],
    ['a request line without an end', 'GET /v1/stream HT'],
    ['a handshake without its last line', handshake().slice(0, -2)],
    ['a recording that never comes whole', 'POST /v1/classify HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nRIFF'],
  ];
  for (const [name, bytes] of UNFINISHED)
    it(`is ended when ${name} was all it sent in time`, async () => {
      const raw = await rawSocket(server.http);
      raw.socket.write(bytes);
      await raw.ended;
      assert.match(statusLine(raw.received()), /^(HTTP\/1\.1 408 .*)?$/);
      raw.close();
    });

  it('may send a head of 16 KiB, and gets 431 for more', async () => {
    const rest = handshake('/v1/stream', { Cookie: '' }).length;
    for (const [bytes, answer] of [
      [MAX_HEADER_BYTES, /^HTTP\/1\.1 101 /],
      // Node does not count what separates the headers.
      [MAX_HEADER_BYTES + 100, /^HTTP\/1\.1 431 /],
    ] as const) {
      const raw = await rawSocket(server.http);
      raw.socket.write(handshake('/v1/stream', { Cookie: 'x'.repeat(bytes - rest) }));
      await raw.until((received) => received.includes('\r\n'));
      assert.match(statusLine(raw.received()), answer);
      raw.close();
    }
  });

  it('is closed after a handshake that was refused, even if the client goes on writing', async () => {
    const raw = await rawSocket(server.http);
    raw.socket.write(handshake('/elsewhere'));
    await raw.ended;
    assert.match(statusLine(raw.received()), /^HTTP\/1\.1 404 /);
    while (!raw.socket.destroyed) {
      raw.socket.write('x');
      await sleep(5);
    }
  });

  for (const target of ['//', 'http://[', '//x:99999/'])
    it(`gets 404 for the target ${target}, which is no URL, in a handshake and in a request`, async () => {
      for (const bytes of [handshake(target), `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`]) {
        const raw = await rawSocket(server.http);
        raw.socket.write(bytes);
        await raw.ended;
        assert.match(statusLine(raw.received()), /^HTTP\/1\.1 404 /);
        raw.close();
      }
    });

  const fragments = (count: number, isLastFinal: boolean) =>
    Array.from({ length: count }, (_, index) => {
      const isFinal = isLastFinal && index === count - 1;
      return clientFrame(Buffer.from('x'), { opcode: index === 0 ? 2 : 0, isFinal });
    });

  it(`may send a message in ${MAX_FRAGMENTS} fragments`, async () => {
    const raw = await upgradedSocket(server.http);
    raw.socket.write(clientFrame(Buffer.from(START)));
    raw.socket.write(Buffer.concat(fragments(MAX_FRAGMENTS, true)));
    raw.socket.write(clientFrame(Buffer.from('{"type":"close"}')));
    await raw.ended;
    const frames = serverFrames(raw.received());
    assert.equal(closeCodeOf(frames), 1000);
    const closed = JSON.parse(frames.at(-2)!.payload.toString()) as Record<string, unknown>;
    assert.deepEqual([closed.type, closed.audio_ms], ['closed', MAX_FRAGMENTS / 8]);
    raw.close();
  });

  it(`that sends more than ${MAX_FRAGMENTS} fragments of a message gets an error and close code 1008`, async () => {
    const raw = await upgradedSocket(server.http);
    raw.socket.write(clientFrame(Buffer.from(START)));
    raw.socket.write(Buffer.concat(fragments(MAX_FRAGMENTS + 1, false)));
    await raw.ended;
    const frames = serverFrames(raw.received());
    assert.equal(closeCodeOf(frames), 1008);
    const error = JSON.parse(frames.at(-2)!.payload.toString()) as Record<string, string>;
    assert.deepEqual([error.type, error.code], ['error', 'bad_request']);
    assert.match(error.message!, /1024 fragments/);
    raw.close();
  });

  it(`may send ${CONTROL_BURST} pings at once, each of them answered; more get an error and close code 4429`, async () => {
    const raw = await upgradedSocket(server.http);
    const pings = (count: number) => Buffer.concat(Array.from({ length: count }, () => PING));
    const pongs = () => serverFrames(raw.received()).filter(({ opcode }) => opcode === 10).length;
    raw.socket.write(pings(CONTROL_BURST));
    await raw.until(() => pongs() === CONTROL_BURST);
    assert.deepEqual([pongs(), raw.socket.readableEnded], [CONTROL_BURST, false]);
    raw.socket.write(pings(CONTROL_BURST));
    await raw.ended;
    const frames = serverFrames(raw.received());
    assert.equal(closeCodeOf(frames), 4429);
    const error = JSON.parse(frames.at(-2)!.payload.toString()) as Record<string, string>;
    assert.deepEqual([error.type, error.code], ['error', 'rate_exceeded']);
    raw.close();
  });

  it('is lost when it answers no ping, so that its stream can be resumed', async () => {
    const raw = await upgradedSocket(server.http);
    raw.socket.write(clientFrame(Buffer.from(START)));
    await raw.ended;
    assert.deepEqual(
      serverFrames(raw.received()).map(({ opcode }) => opcode),
      [1, 9],
    );
    while (server.reception.lostCount === 0) await sleep(2);
    assert.equal(server.reception.count, 0);
    raw.close();
  });

  it('stays open while it answers pings', async () => {
    const raw = await upgradedSocket(server.http);
    raw.socket.write(clientFrame(Buffer.from(START)));
    const pings = () => serverFrames(raw.received()).filter(({ opcode }) => opcode === 9).length;
    for (let answered = 1; answered <= 4; answered++) {
      await raw.until(() => pings() >= answered);
      raw.socket.write(clientFrame(Buffer.alloc(0), { opcode: 10 }));
    }
    assert.deepEqual([pings(), raw.socket.readableEnded], [4, false]);
    raw.close();
  });

  it('stays open while one long message comes slowly, within which no ping can be answered', async () => {
    const raw = await upgradedSocket(server.http);
    raw.socket.write(clientFrame(Buffer.from(START)));
    const slow = clientFrame(Buffer.alloc(16_000), { opcode: 2 });
    for (let sent = 0; sent < slow.length; sent += 1_000) {
      raw.socket.write(slow.subarray(sent, sent + 1_000));
      await new Promise((next) => setTimeout(next, 50));
    }
    raw.socket.write(clientFrame(Buffer.from('{"type":"close"}')));
    await raw.ended;
    assert.equal(closeCodeOf(serverFrames(raw.received())), 1000);
    raw.close();
  });

  it('ends when a gRPC peer sends nothing, and stays open while the peer answers pings', async () => {
    const silent = await rawSocket(server.grpc);
    await silent.ended;
    silent.close();
    const session = connect(`http://${server.grpc}`);
    await new Promise((resolve) => session.once('remoteSettings', resolve));
    let pings = 0;
    session.on('ping', () => (pings += 1));
    while (pings < 3) await sleep(5);
    assert.ok(!session.closed);
    session.destroy();
  });

  it('is lost when its gRPC peer answers no ping, so that its stream can be resumed', async () => {
    const before = server.reception.lostCount;
    const proxy = await cuttingProxy(server.grpc);
    const client = grpcClient({ ...server, grpc: proxy.address });
    const call = client.StreamIntents();
    call.on('error', () => undefined);
    call.write({ start: { audio: START_AUDIO } });
    await once(call, 'data');
    let swallowed = 0;
    proxy.onPass = (direction, bytes) => {
      if (direction === 'down' && bytes[HTTP2_TYPE] === HTTP2_PING) swallowed += 1;
      return false;
    };
    proxy.isSilent = true;
    while (server.reception.lostCount === before) await sleep(2);
    assert.equal(server.reception.count, 0);
    assert.ok(swallowed > 0);
    client.close();
    proxy.close();
  });
});

describe('A gRPC server that closes', () => {
  it('does not wait for a peer that broke HTTP/2 and does not hang up', async () => {
    const server = await serveScripted({}, { pingIntervalMs: 60_000 });
    const raw = await rawSocket(server.grpc);
    raw.socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    raw.socket.write(Buffer.from('0000050400000000000000000000', 'hex'));
    await raw.until((received) => received.length >= 26);
    await server.close();
    raw.close();
  });
});
