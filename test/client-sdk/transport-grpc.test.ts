import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import * as grpc from '@grpc/grpc-js';
import { EarshotError, openStream } from '../../client-sdk/src/grpc.js';
import { ERROR_CODES, isRetryable, type ErrorCode, type ServerMessage } from '../../proto/wire.js';
import { AUDIO, CLOSED, intent, READY, receipt, REFUSED } from './messages.js';
import { grpcServer, type ScriptedCall } from './servers.js';

const say = (call: ScriptedCall, { seq, type, ...fields }: ServerMessage) => call.write({ seq, [type]: fields });

/** A server that is ready at once and closes a stream as the protocol says. */
function politeServer(call: ScriptedCall): void {
  let received = 0;
  call.on('data', ({ message }: { message: string }) => {
    if (message === 'start') return void say(call, READY);
    say(call, receipt((received += 1)));
    if (message === 'audio') say(call, intent(2, 'final'));
    if (message !== 'close') return;
    say(call, CLOSED);
    call.end();
  });
}

describe('The gRPC transport', () => {
  it("takes a URL whose port is its scheme's own", async () => {
    const opening = openStream({ url: new URL('http://127.0.0.1:80'), audio: AUDIO });
    await assert.rejects(opening, { code: 'connect_failed', message: /127\.0\.0\.1:80/ });
  });

  let stop: () => void = () => undefined;
  afterEach(() => stop());

  async function serve(script: (call: ScriptedCall) => void): Promise<string> {
    const server = await grpcServer(script);
    stop = server.stop;
    return server.url;
  }

  it('streams to a server that shares no codec with it', async () => {
    const stream = await openStream({ url: await serve(politeServer), audio: AUDIO });
    await stream.send(new Int16Array(160));
    assert.deepEqual(await stream.close(), { ...CLOSED, seq: 3 });
    const messages: ServerMessage[] = [];
    for await (const message of stream) messages.push(message);
    assert.deepEqual(messages, [READY, intent(2, 'final'), { ...CLOSED, seq: 3 }]);
  });

  it('passes its headers as metadata', async () => {
    let told: unknown;
    const url = await serve((call) => {
      told = call.metadata.get('authorization');
      politeServer(call);
    });
    const stream = await openStream({ url, audio: AUDIO, headers: { authorization: 'Bearer x' } });
    stream.abort();
    assert.deepEqual(told, ['Bearer x']);
  });

  it('waits in send() until the server reads on, and loses nothing', async () => {
    let length = 0;
    let readOn: () => void = () => undefined;
    const url = await serve((call) => {
      politeServer(call);
      call.on('data', ({ audio }: { audio?: Buffer }) => (length += audio?.length ?? 0));
      call.once('data', () => call.pause());
      readOn = () => call.resume();
    });
    // Without a limit of its own, the client waits only for the connection.
    const stream = await openStream({ url, audio: AUDIO, bufferMs: Infinity });
    let sent = 0;
    const sending = (async () => {
      for (; sent < 50; sent += 1) await stream.send(new Uint8Array(100_000));
    })();
    let before = -1;
    while (before !== sent) {
      before = sent;
      await sleep(200);
    }
    assert.ok(sent < 50 && length === 0, `${sent} chunks were sent, and ${length} bytes read`);
    readOn();
    await sending;
    await stream.close();
    assert.equal(length, 5_000_000);
  });

  it('rejects with the refusal of the server', async () => {
    const url = await serve((call) => {
      say(call, REFUSED);
      call.emit('error', { code: grpc.status.NOT_FOUND, details: 'no such model' });
    });
    await assert.rejects(openStream({ url, audio: AUDIO }), { code: 'model_not_found', serverMessage: REFUSED });
  });

  it('takes the code from the trailing metadata when there was no error message', async () => {
    const metadata = new grpc.Metadata();
    metadata.set('earshot-code', 'draining');
    const url = await serve((call) => call.emit('error', { code: grpc.status.UNAVAILABLE, details: 'bye', metadata }));
    await assert.rejects(openStream({ url, audio: AUDIO }), { code: 'draining', closeCode: grpc.status.UNAVAILABLE });
  });

  it('knows which refusals by status alone are retryable, in agreement with the server', async () => {
    const told: Partial<Record<ErrorCode, boolean>> = {};
    for (const code of ERROR_CODES) {
      const metadata = new grpc.Metadata();
      metadata.set('earshot-code', code);
      const url = await serve((call) => call.emit('error', { code: grpc.status.UNAVAILABLE, details: code, metadata }));
      const problem: unknown = await openStream({ url, audio: AUDIO }).catch((error: unknown) => error);
      assert.ok(problem instanceof EarshotError && problem.code === code);
      told[code] = problem.retryable;
      stop();
    }
    assert.deepEqual(told, isRetryable);
  });

  it('rejects everything when the server ends without closed', async () => {
    const url = await serve((call) => {
      politeServer(call);
      call.on('data', ({ message }: { message: string }) => message === 'audio' && call.end());
    });
    const stream = await openStream({ url, audio: AUDIO, reconnectTimeoutMs: 0 });
    await stream.send(new Int16Array(10));
    const { error } = await stream.closed;
    assert.deepEqual([error?.code, error?.closeCode], ['disconnected', grpc.status.OK]);
    await assert.rejects(stream.finalize(), { code: 'disconnected' });
  });

  it('rejects everything when the server dies', async () => {
    const url = await serve((call) => {
      politeServer(call);
      call.on('data', ({ message }: { message: string }) => message === 'audio' && stop());
    });
    const stream = await openStream({ url, audio: AUDIO, reconnectTimeoutMs: 0 });
    await stream.send(new Int16Array(10));
    await assert.rejects(stream.close(), { code: 'disconnected', retryable: true });
  });

  it('rejects when no server listens', async () => {
    const url = await serve(politeServer);
    stop();
    await assert.rejects(openStream({ url, audio: AUDIO }), { code: 'connect_failed', retryable: true });
  });

  it('rejects when the server is not ready in time', async () => {
    const url = await serve(() => undefined);
    await assert.rejects(openStream({ url, audio: AUDIO, connectTimeoutMs: 50 }), { code: 'connect_timeout' });
  });

  it('refuses a wrong address without connecting', async () => {
    await assert.rejects(openStream({ url: 'localhost', audio: AUDIO }), {
      code: 'bad_request',
      message: 'url "localhost" is not host:port, http://host:port or https://host:port',
    });
  });
});
