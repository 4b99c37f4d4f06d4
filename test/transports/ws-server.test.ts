import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { silentLog } from '../../server/domain/log.js';
import { silentObserver } from '../support/contexts.js';
import { START, type WireMessage } from '../support/raw-clients.js';
import { handshake, rawSocket as plainSocket } from '../support/raw-socket.js';
import { serveScripted, type ScriptedServer } from '../support/scripted-server.js';
import { babble, pcm16 } from '../support/tones.js';

const SPEECH = pcm16(babble(3, 4));

/** A client frame (RFC 6455 §5.2) with a mask of zeros, so that its payload reads as it is. */
const frame = (firstByte: number, payload: Uint8Array, isMasked = true): Buffer =>
  Buffer.concat([
    Buffer.from([firstByte, (isMasked ? 0x80 : 0) | payload.length]),
    Buffer.alloc(isMasked ? 4 : 0),
    payload,
  ]);

describe('The WebSocket server', () => {
  let server: ScriptedServer;
  before(async () => {
    server = await serveScripted();
  });
  after(() => server.close());

  const open = (
    query = '',
    protocols: string[] = [],
  ): { socket: WebSocket; messages: WireMessage[]; end: Promise<number> } => {
    const socket = new WebSocket(`ws://${server.http}/v1/stream${query}`, protocols);
    const messages: WireMessage[] = [];
    socket.on('message', (received) => messages.push(JSON.parse((received as Buffer).toString()) as WireMessage));
    socket.on('error', () => undefined);
    return { socket, messages, end: new Promise((resolve) => socket.on('close', resolve)) };
  };

  const rawSocket = async (): Promise<{ socket: Socket; text: () => string }> => {
    const [host, port] = server.http.split(':');
    const socket = connect(Number(port), host);
    let received = '';
    socket.on('data', (bytes) => (received += bytes.toString('latin1')));
    socket.on('error', () => undefined);
    socket.write(
      'GET /v1/stream HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    while (!received.includes('\r\n\r\n')) await sleep(2);
    return { socket, text: () => received };
  };

  it('starts a stream at once when the URL says how, and takes raw audio', async () => {
    const { socket, messages, end } = open('?encoding=pcm_s16le&sample_rate=16000');
    socket.on('open', () => {
      socket.send(SPEECH);
      socket.send('{"type":"close"}');
    });
    assert.equal(await end, 1000);
    assert.deepEqual([messages[0]?.type, messages.at(-1)?.type], ['ready', 'closed']);
  });

  it('speaks JSON when no sub-protocol is offered, and names the sub-protocol that it speaks', async () => {
    const plain = open();
    await new Promise((resolve) => plain.socket.on('open', resolve));
    assert.equal(plain.socket.protocol, '');
    plain.socket.close();
    const named = open('', ['earshot.v1.proto']);
    await new Promise((resolve) => named.socket.on('open', resolve));
    assert.equal(named.socket.protocol, 'earshot.v1.proto');
    named.socket.close();
  });

  it('refuses the handshake when no offered sub-protocol is known', async () => {
    const { socket } = open('', ['mqtt']);
    const code = await new Promise((resolve) =>
      socket.on('unexpected-response', (_, response) => resolve(response.statusCode)),
    );
    assert.equal(code, 400);
    socket.terminate();
  });

  for (const [what, request, status, sentence] of [
    ['a handshake of another version', handshake('/v1/stream', { 'Sec-WebSocket-Version': '7' }), 400, 'Version'],
    ['a handshake without a key', handshake('/v1/stream', { 'Sec-WebSocket-Key': undefined }), 400, 'Key'],
    ['a handshake that is posted', handshake('', {}, 'POST /v1/stream HTTP/1.1'), 405, 'method'],
  ] as const)
    it(`says what is wrong with ${what}`, async () => {
      const raw = await plainSocket(server.http);
      raw.socket.write(request);
      await raw.ended;
      const [head, body] = raw.received().toString().split('\r\n\r\n');
      assert.ok(head?.startsWith(`HTTP/1.1 ${status} `));
      const { error } = JSON.parse(body ?? '') as { error: { code: string; message: string; request_id: string } };
      assert.equal(error.code, 'bad_request');
      assert.ok(error.message.includes(sentence) && error.request_id);
      raw.close();
    });

  it('refuses to upgrade any other path', async () => {
    const socket = new WebSocket(`ws://${server.http}/elsewhere`);
    socket.on('error', () => undefined);
    const code = await new Promise((resolve) =>
      socket.on('unexpected-response', (_, response) => resolve(response.statusCode)),
    );
    assert.equal(code, 404);
    socket.terminate();
  });

  it('answers a handshake to //, and goes on running', async () => {
    const [host, port] = server.http.split(':');
    const socket = connect(Number(port), host);
    socket.write('GET // HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    assert.match(answer.toString(), /^HTTP\/1\.1 404 .*bad_request/s);
    assert.equal((await fetch(`http://${server.http}/healthz`)).status, 200);
  });

  const VIOLATIONS: readonly (readonly [string, Buffer, number, RegExp])[] = [
    ['a reserved bit', frame(0xc1, Buffer.from('x')), 1002, /RSV1 must be clear/],
    ['an unknown opcode', frame(0x83, Buffer.from('x')), 1002, /invalid opcode 3/],
    ['an unmasked frame', frame(0x81, Buffer.from('x'), false), 1002, /MASK must be set/],
    ['a fragmented ping', frame(0x09, Buffer.from('x')), 1002, /FIN must be set/],
    ['text that is no UTF-8', frame(0x81, Buffer.from([0xff, 0xfe])), 1007, /invalid UTF-8 sequence/],
  ];
  for (const [name, bytes, code, sentence] of VIOLATIONS)
    it(`says why before it closes ${name} with ${code}`, async () => {
      const { socket, text } = await rawSocket();
      socket.write(bytes);
      await new Promise((resolve) => socket.on('close', resolve).on('end', resolve));
      const received = text();
      assert.match(received, /"type":"error",.*"code":"bad_request"/);
      assert.match(received, sentence);
      const closeFrame = Buffer.from(received, 'latin1').subarray(-4);
      assert.equal(closeFrame.readUInt16BE(2), code);
    });

  it('logs and counts callers that it turns away, by the wire that they offer', async () => {
    const counted: string[] = [];
    const logged: object[] = [];
    const full = await serveScripted({
      maxSessions: 0,
      observer: { ...silentObserver, turnedAway: (transport, code) => counted.push(`${transport} ${code}`) },
      log: { ...silentLog, warn: (fields) => logged.push(fields) },
    });
    for (const protocols of [[], ['earshot.v1.proto']]) {
      const socket = new WebSocket(`ws://${full.http}/v1/stream`, protocols);
      socket.on('error', () => undefined);
      await new Promise((resolve) => socket.on('close', resolve));
    }
    assert.deepEqual(counted, ['ws-json too_many_sessions', 'ws-proto too_many_sessions']);
    assert.equal(logged.length, 2);
    await full.close();
  });

  for (const [what, head] of [
    ['a request', 'GET /v1/models HTTP/1.1\r\nHost: x\r\n'],
    [
      'one with a body',
      'POST /v1/classify?encoding=mulaw&sample_rate=8000 HTTP/1.1\r\nHost: x\r\nContent-Length: 8000\r\n',
    ],
  ] as const)
    it(`answers ${what} that offers HTTP/2 as if it offered nothing`, async () => {
      const raw = await plainSocket(server.http);
      const offer =
        'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n\r\n';
      raw.socket.write(head + offer);
      if (head.startsWith('POST')) for (let part = 0; part < 8; part++) raw.socket.write(Buffer.alloc(1_000, 0xff));
      await raw.until((received) => received.includes('\r\n\r\n'));
      assert.match(raw.received().toString(), /^HTTP\/1\.1 200 /);
      raw.close();
    });

  const OFFER = 'Connection: Upgrade\r\nUpgrade: h2c\r\n';

  it('answers requests that offer HTTP/2 one after the other on one connection, whatever their headers', async () => {
    const raw = await plainSocket(server.http);
    const many = Array.from({ length: 1_500 }, (_, index) => `a:${index % 10}\r\n`).join('');
    const smuggled = 'GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n';
    raw.socket.write(
      `GET /healthz HTTP/1.1\r\nHost: x\r\n${OFFER}\r\n` +
        `POST /v1/nosuch HTTP/1.1\r\nHost: x\r\n${OFFER}${many}Content-Length: ${smuggled.length}\r\n\r\n${smuggled}` +
        `GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
    );
    await raw.ended;
    const answers = raw
      .received()
      .toString()
      .match(/^HTTP\/1\.1 \d+/gm);
    assert.deepEqual(answers, ['HTTP/1.1 200', 'HTTP/1.1 404', 'HTTP/1.1 200']);
    raw.close();
  });

  it('forgets a caller whose connection is cut', async () => {
    const { socket } = open();
    socket.on('open', () => socket.send(JSON.stringify(START)));
    await new Promise((resolve) => socket.once('message', resolve));
    const { reception } = server;
    assert.equal(reception.count, 1);
    socket.terminate();
    while ((reception.count as number) > 0) await sleep(2);
  });
});
