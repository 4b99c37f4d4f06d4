import assert from 'node:assert/strict';
import { connect } from 'node:http2';
import { setTimeout as sleep } from 'node:timers/promises';
import { CONTROL_BURST } from '../../server/session/control-rate.js';
import { MAX_FRAGMENTS } from '../../server/transports/connection-limits.js';
import { clientFrame, closeCodeOf, handshake, rawSocket, serverFrames, upgradedSocket } from '../support/raw-socket.js';
import { serveScripted, type ScriptedServer } from '../support/scripted-server.js';

const statusLine = (received: Buffer): string => received.toString('latin1').split('\r\n')[0]!;
const PING = clientFrame(Buffer.alloc(0), { opcode: 9 });
const START = JSON.stringify({ type: 'start', audio: { encoding: 'mulaw', sample_rate: 8000 } });

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

  it('gets 431 for a head of more than 16 KiB', async () => {
    const raw = await rawSocket(server.http);
    raw.socket.write(handshake('/v1/stream', { Cookie: 'x'.repeat(20_000) }));
    await raw.ended;
    assert.match(statusLine(raw.received()), /^HTTP\/1\.1 431 /);
    raw.close();
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

  it(`that sends more than ${MAX_FRAGMENTS} fragments of a message gets an error and close code 1008`, async () => {
    const raw = await upgradedSocket(server.http);
    const fragment = (index: number) => clientFrame(Buffer.from('x'), { opcode: index === 0 ? 2 : 0, isFinal: false });
    raw.socket.write(clientFrame(Buffer.from(START)));
    raw.socket.write(Buffer.concat(Array.from({ length: MAX_FRAGMENTS + 1 }, (_, index) => fragment(index))));
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
