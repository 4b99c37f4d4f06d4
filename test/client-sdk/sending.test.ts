import assert from 'node:assert/strict';
import { runInNewContext } from 'node:vm';
import type { Chunk } from '../../client-sdk/src/chunk-bytes.js';
import { EarshotError } from '../../client-sdk/src/earshot-error.js';
import { CLOSED, READY, receipt } from './messages.js';
import { newScene, open, type Scene } from './scene.js';

const opened = (): Scene => {
  const scene = newScene();
  open(scene);
  return scene;
};

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('Sending', () => {
  const SECOND = new Int16Array(16_000);

  it('is possible before the connection is up, and nothing is sent before ready', () => {
    const scene = newScene();
    void scene.stream.send(SECOND);
    void scene.stream.finalize();
    scene.network.last.events.opened();
    assert.deepEqual(scene.network.last.sentTypes, ['start']);
    scene.network.last.say(READY);
    assert.deepEqual(scene.network.last.sentTypes, ['start', 'audio', 'finalize']);
  });

  it('reports the audio that the server has not confirmed', async () => {
    const scene = opened();
    assert.deepEqual([await scene.stream.send(SECOND), await scene.stream.send(SECOND)], [1_000, 2_000]);
    scene.network.last.say(receipt(1));
    assert.equal(scene.stream.backlogMs, 1_000);
  });

  it('waits while half of the buffer is full, until the server has caught up', async () => {
    const scene = newScene(4_000);
    open(scene);
    let isDone = false;
    await scene.stream.send(SECOND);
    const waiting = scene.stream.send(SECOND).then(() => (isDone = true));
    await turn();
    assert.equal(isDone, false);
    scene.network.last.say(receipt(2));
    assert.equal(await waiting, true);
  });

  it('never waits for a receipt that needs audio still held back, however small the buffer is', async () => {
    const scene = newScene(200);
    const early = scene.stream.send(SECOND.subarray(0, 16 * 480));
    open(scene);
    assert.equal(await early, 480);
    assert.equal(await scene.stream.send(SECOND.subarray(0, 16 * 480)), 960);
    const late = scene.stream.send(SECOND.subarray(0, 16 * 520));
    await turn();
    scene.network.last.say(receipt(2));
    assert.equal(await late, 520);
    assert.equal(scene.stream.droppedMs, 0);
  });

  it('takes as much as a small buffer holds while it reconnects, whatever was on its way', async () => {
    const scene = newScene(200);
    open(scene);
    await scene.stream.send(SECOND);
    scene.network.last.events.ended(new EarshotError('disconnected', 'the network went away', { retryable: true }));
    void scene.stream.send(SECOND.subarray(0, 16 * 100));
    void scene.stream.send(SECOND.subarray(0, 16 * 100));
    await assert.rejects(scene.stream.send(SECOND.subarray(0, 16 * 100)), { code: 'buffer_full' });
    scene.clock.pass(250);
    scene.network.last.events.opened();
    scene.network.last.say({ ...READY, received_messages: 0 });
    assert.equal(await scene.stream.send(SECOND.subarray(0, 16 * 100)), 1_300);
    assert.equal(scene.stream.droppedMs, 100);
  });

  it('counts all unconfirmed audio as waiting while the socket is full', async () => {
    const scene = newScene(200);
    open(scene);
    scene.network.last.hasRoom = false;
    void scene.stream.send(SECOND.subarray(0, 16 * 200));
    void scene.stream.send(SECOND.subarray(0, 16 * 200));
    await assert.rejects(scene.stream.send(SECOND.subarray(0, 16 * 200)), { code: 'buffer_full' });
  });

  it('stops waiting when its signal fires, and keeps the audio', async () => {
    const scene = newScene(1_000);
    open(scene);
    const controller = new AbortController();
    await scene.stream.send(SECOND);
    const waiting = scene.stream.send(SECOND, { signal: controller.signal });
    controller.abort();
    await assert.rejects(waiting, { code: 'aborted' });
    assert.deepEqual([scene.stream.state, scene.stream.backlogMs], ['open', 2_000]);
  });

  it('takes no more when the buffer is full: the newest chunk is dropped, reported and counted', async () => {
    const scene = newScene(2_000);
    const dropped: number[] = [];
    scene.stream.on('dropped', ({ ms }) => dropped.push(ms));
    void scene.stream.send(SECOND);
    void scene.stream.send(SECOND);
    await assert.rejects(scene.stream.send(SECOND), { code: 'buffer_full', retryable: true });
    assert.deepEqual([scene.stream.droppedMs, scene.stream.backlogMs, dropped], [1_000, 2_000, [1_000]]);
  });

  it('keeps whole samples together however the bytes are cut', () => {
    const scene = opened();
    const bytes = new Uint8Array(11).map((_, index) => index);
    for (const [start, end] of [
      [0, 3],
      [3, 4],
      [4, 9],
      [9, 11],
    ] as const)
      void scene.stream.send(bytes.subarray(start, end));
    void scene.stream.close();
    const audio = scene.network.last.sent.flatMap((message) => (message.type === 'audio' ? [[...message.bytes]] : []));
    assert.deepEqual(audio, [[0, 1], [2, 3], [4, 5, 6, 7], [8, 9], [10]]);
  });

  it('takes a copy: the chunk may be reused at once', () => {
    const scene = newScene();
    const chunk = Uint8Array.of(1, 2);
    void scene.stream.send(chunk);
    chunk.fill(9);
    open(scene);
    const audio = scene.network.last.sent.find((message) => message.type === 'audio');
    assert.deepEqual(audio && [...audio.bytes], [1, 2]);
  });

  it('refuses samples that are not of its encoding', async () => {
    await assert.rejects(opened().stream.send(new Float32Array(1)), {
      code: 'bad_request',
      message: 'Float32Array is pcm_f32le, but the stream is pcm_s16le; send a Uint8Array of pcm_s16le',
    });
  });

  const NO_AUDIO: Readonly<Record<string, unknown>> = {
    Undefined: undefined,
    Null: null,
    String: 'abc',
    Number: 5,
    Array: [1, 2],
    Blob: new Blob(['abc']),
    DataView: new DataView(new ArrayBuffer(8)),
    Float64Array: new Float64Array(8),
    Uint16Array: new Uint16Array(8),
    SharedArrayBuffer: new SharedArrayBuffer(8),
    Object: { buffer: new ArrayBuffer(4), byteOffset: 0, byteLength: 4 },
  };
  for (const [kind, chunk] of Object.entries(NO_AUDIO))
    it(`refuses a chunk of type ${kind}, and takes nothing of it`, async () => {
      const { stream } = opened();
      await assert.rejects(stream.send(chunk as Chunk), {
        name: 'EarshotError',
        code: 'bad_request',
        message: `a chunk of type ${kind} is no audio; send a Uint8Array of pcm_s16le`,
      });
      assert.deepEqual([stream.state, stream.backlogMs], ['open', 0]);
    });

  it('refuses a chunk whose memory was transferred elsewhere', async () => {
    const { stream } = opened();
    for (const chunk of [new Int16Array(160), new ArrayBuffer(320)]) {
      structuredClone(chunk, { transfer: [chunk instanceof ArrayBuffer ? chunk : chunk.buffer] });
      await assert.rejects(stream.send(chunk), {
        code: 'bad_request',
        message: /^the memory of this .* was transferred/,
      });
    }
    assert.equal(stream.state, 'open');
  });

  it('takes an ArrayBuffer, and a Uint8Array of another realm', async () => {
    const { stream, network } = opened();
    assert.equal(await stream.send(Uint8Array.of(1, 2).buffer), 1 / 16);
    await stream.send(runInNewContext('Uint8Array.of(3, 4)') as Uint8Array);
    const audio = network.last.sent.flatMap((message) => (message.type === 'audio' ? [...message.bytes] : []));
    assert.deepEqual(audio, [1, 2, 3, 4]);
  });

  it('refuses wrong settings with the same sentence as the server', async () => {
    await assert.rejects(opened().stream.configure({ topK: 0 }), { message: 'configure.top_k 0 is outside 1–100' });
  });

  it('stops while the socket is full, and goes on when it is not', () => {
    const scene = opened();
    scene.network.last.hasRoom = false;
    void scene.stream.send(SECOND);
    void scene.stream.send(SECOND);
    assert.deepEqual(scene.network.last.sentTypes, ['start', 'audio']);
    scene.network.last.hasRoom = true;
    scene.network.last.events.drained();
    assert.deepEqual(scene.network.last.sentTypes, ['start', 'audio', 'audio']);
  });

  it('sends close once, however often it is called', async () => {
    const scene = opened();
    const totals = Promise.all([scene.stream.close(), scene.stream.close()]);
    scene.network.last.say(receipt(1), { ...CLOSED, seq: 2 });
    assert.deepEqual(await totals, [
      { ...CLOSED, seq: 2 },
      { ...CLOSED, seq: 2 },
    ]);
    assert.deepEqual(scene.network.last.sentTypes, ['start', 'close']);
  });
});

describe('A stream without audio', () => {
  it('sends keepalive, even while it sends other messages', () => {
    const scene = opened();
    for (let second = 0; second < 12; second += 1) {
      void scene.stream.finalize();
      scene.network.last.say(receipt(0));
      scene.clock.pass(1_000);
    }
    assert.equal(scene.network.last.sentTypes.filter((type) => type === 'keepalive').length, 1);
  });
});
