import assert from 'node:assert/strict';
import { systemClock } from '../../client-sdk/src/clock.js';
import * as grpc from '../../client-sdk/src/grpc.js';
import { createStream, openStream, type StreamOptions } from '../../client-sdk/src/index.js';
import { AUDIO } from './messages.js';
import { politeServer } from './polite-server.js';
import { newScene, open } from './scene.js';
import { webSocketServer } from './servers.js';

const URL = 'ws://127.0.0.1:9';

const OF_SETTINGS = 'interim, topK, threshold, endpointing, endpointing.silenceMs, endpointing.maxUtteranceMs';
const RIGHT_CODEC = "import { protobuf } from '@earshot/client/protobuf' and give that, or leave it out for JSON";

/** Every option but `url` and `audio`. */
const NOT_NEEDED = [
  ...['model', 'hopMs', 'interim', 'topK', 'threshold', 'endpointing', 'clientReferenceId', 'codec', 'token'],
  ...['headers', 'signal', 'connectTimeoutMs', 'reconnectTimeoutMs', 'bufferMs'],
];

/** Wrong options, to which `url` and `audio` are added where they have none; and the error about them. */
const WRONG: readonly (readonly [object, string])[] = [
  [{ audio: undefined }, 'audio is missing; give { encoding, sampleRate }'],
  [{ audio: null }, 'audio null is no object; give { encoding, sampleRate }'],
  [{ audio: 'mulaw' }, 'audio "mulaw" is no object; give { encoding, sampleRate }'],
  [{ audio: { encoding: 'mulaw', sample_rate: 8_000 } }, 'audio.sample_rate is no option; give audio.sampleRate'],
  [{ sampleRate: 8_000 }, 'sampleRate is no option; give audio.sampleRate'],
  [{ topk: 3 }, 'topk is no option; give topK'],
  [{ topk: null }, 'topk is no option; give topK'],
  [{ hop_ms: 500 }, 'hop_ms is no option; give hopMs'],
  [{ treshold: 0.5 }, 'treshold is no option; give threshold'],
  [{ intreim: false }, 'intreim is no option; give interim'],
  [{ endpointing: { silence_ms: 300 } }, 'endpointing.silence_ms is no option; give endpointing.silenceMs'],
  [{ endpointing: 300 }, 'endpointing 300 is no object; give { silenceMs, maxUtteranceMs }'],
  [{ codec: 'protobuf' }, `codec "protobuf" is no codec; ${RIGHT_CODEC}`],
  [{ codec: Object.create(null) as object }, `codec {…} is no codec; ${RIGHT_CODEC}`],
  [{ signal: new AbortController() }, 'signal {…} is no AbortSignal; give the signal of this AbortController'],
  [{ signal: 5 }, 'signal 5 is no AbortSignal'],
  [{ connectTimeoutMs: 0 }, 'connectTimeoutMs 0 is no number of milliseconds from 1 on'],
  [{ connectTimeoutMs: NaN }, 'connectTimeoutMs NaN is no number of milliseconds from 1 on'],
  [{ connectTimeoutMs: 'abc' }, 'connectTimeoutMs "abc" is no number of milliseconds from 1 on'],
  [{ reconnectTimeoutMs: -1 }, 'reconnectTimeoutMs -1 is no number of milliseconds from 0 on'],
  [{ reconnectTimeoutMs: NaN }, 'reconnectTimeoutMs NaN is no number of milliseconds from 0 on'],
  [{ bufferMs: 0 }, 'bufferMs 0 is no number of milliseconds from 1 on'],
  [{ bufferMs: NaN }, 'bufferMs NaN is no number of milliseconds from 1 on'],
  [{ audio: { ...AUDIO, sampleRate: NaN } }, 'audio.sample_rate NaN is not a whole number'],
  [{ hopMs: Infinity }, 'start.hop_ms Infinity is not a whole number'],
  [{ topK: 5n }, 'start.top_k 5 is not a whole number'],
];

describe('Options', () => {
  for (const [given, message] of WRONG)
    it(`are refused before anything is created: ${message}`, () => {
      const options = { url: URL, audio: AUDIO, ...given } as StreamOptions;
      assert.throws(() => createStream(options), { name: 'EarshotError', code: 'bad_request', message });
    });

  it('that are unknown and like no known one are refused with a list of the known ones', async () => {
    const options = { url: URL, audio: AUDIO, language: 'en' };
    await assert.rejects(openStream(options), {
      code: 'bad_request',
      message: /^language is no option; there are url, audio, audio\.encoding, .*, bufferMs$/,
    });
  });

  it('that are missing are named in the error', async () => {
    const missing = { code: 'bad_request', message: 'options is missing; give { url, audio }' };
    await assert.rejects(openStream(undefined as never), missing);
    await assert.rejects(grpc.openStream(undefined as never), missing);
    await assert.rejects(openStream({ audio: AUDIO } as never), {
      code: 'bad_request',
      message: /^url undefined is not/,
    });
  });

  it('of undefined and of null count as not given', async () => {
    const starts: unknown[] = [];
    const { url, stop } = await webSocketServer((socket) => {
      socket.once('message', (content) => starts.push(JSON.parse((content as Buffer).toString())));
      politeServer(socket);
    });
    const { encoding, sampleRate } = AUDIO;
    for (const value of [undefined, null]) {
      const notGiven = Object.fromEntries(NOT_NEEDED.map((name) => [name, value]));
      const audio = { encoding, sampleRate, channels: value };
      const stream = await openStream({ ...notGiven, url, audio } as never);
      // A buffer of no length would not take it.
      await stream.send(new Int16Array(160), { signal: null as never });
      await stream.close();
    }
    stop();
    const bare = { type: 'start', audio: { encoding, sample_rate: sampleRate }, receipts: true };
    assert.deepEqual(starts, [bare, bare]);
  });

  it('that are only for WebSocket are refused over gRPC', () => {
    const options = { url: '127.0.0.1:9', audio: AUDIO, codec: 'protobuf' };
    const message = 'codec is for WebSocket; gRPC carries protobuf, so leave it out';
    assert.throws(() => grpc.createStream({ ...options, codec: {} } as StreamOptions), { code: 'bad_request' });
    assert.throws(() => grpc.createStream({ ...options, codec: { encode: String } } as StreamOptions), { message });
  });

  it('that are wrong leave no stream behind', async () => {
    let connections = 0;
    const { url, stop } = await webSocketServer((socket) => {
      connections += 1;
      politeServer(socket);
    });
    const signal = new AbortController() as unknown as AbortSignal;
    assert.throws(() => createStream({ url, audio: AUDIO, signal }), { code: 'bad_request' });
    await (await openStream({ url, audio: AUDIO })).close();
    stop();
    assert.equal(connections, 1);
  });

  it('may be infinite times: a timer that is too long does not go off at once', async () => {
    let hasGoneOff = false;
    const endless = systemClock.after(Infinity, () => (hasGoneOff = true));
    await new Promise<void>((resolve) => void systemClock.after(1, resolve));
    endless.cancel();
    assert.equal(hasGoneOff, false);
  });
});

describe('Settings', () => {
  it('of null stay as they are', async () => {
    const scene = newScene();
    open(scene);
    await scene.stream.configure({ interim: false, threshold: null, endpointing: { silenceMs: null } } as never);
    assert.deepEqual(scene.network.last.sent.at(-1), { type: 'configure', interim: false, endpointing: {} });
  });

  for (const [settings, message] of [
    [undefined, 'settings is missing; give some of interim, topK, threshold, endpointing'],
    [null, 'settings null is no object; give some of interim, topK, threshold, endpointing'],
    [{ top_k: 3 }, 'top_k is no setting; give topK'],
    [{ treshold: 0.1 }, 'treshold is no setting; give threshold'],
    [{ model: 'other' }, `model is no setting; there are ${OF_SETTINGS}`],
    [{ endpointing: { silence: 300 } }, 'endpointing.silence is no setting; give endpointing.silenceMs'],
  ] as const)
    it(`are refused: ${message}`, async () => {
      const { stream } = newScene();
      await assert.rejects(stream.configure(settings as never), { code: 'bad_request', message });
    });
});
