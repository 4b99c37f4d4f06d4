import assert from 'node:assert/strict';
import * as grpc from '../../client-sdk/src/grpc.js';
import { createStream, openStream, type StreamOptions } from '../../client-sdk/src/index.js';
import { AUDIO } from './messages.js';
import { newScene } from './scene.js';

const URL = 'ws://127.0.0.1:9';

/** Wrong options, with `url` and `audio` where they have none of their own; and what is said of them. */
const WRONG: readonly (readonly [object, string])[] = [
  [{ audio: undefined }, 'audio is missing; give { encoding, sampleRate }'],
  [{ audio: null }, 'audio null is no object; give { encoding, sampleRate }'],
  [{ audio: 'mulaw' }, 'audio "mulaw" is no object; give { encoding, sampleRate }'],
  [{ endpointing: null }, 'endpointing null is no object; give { silenceMs, maxUtteranceMs }'],
];

describe('Options', () => {
  for (const [given, message] of WRONG)
    it(`are refused before anything is made: ${message}`, () => {
      const options = { url: URL, audio: AUDIO, ...given } as StreamOptions;
      assert.throws(() => createStream(options), { name: 'EarshotError', code: 'bad_request', message });
    });

  it('that are missing are asked for', async () => {
    const missing = { code: 'bad_request', message: 'options is missing; give { url, audio }' };
    await assert.rejects(openStream(undefined as never), missing);
    await assert.rejects(grpc.openStream(undefined as never), missing);
    await assert.rejects(openStream({ audio: AUDIO } as never), {
      code: 'bad_request',
      message: /^url undefined is not/,
    });
  });

  it('that say nothing are none', () => {
    const options = {
      url: URL,
      audio: AUDIO,
      topk: undefined,
      signal: null,
      bufferMs: null,
    } as unknown as StreamOptions;
    createStream(options).abort();
  });
});

describe('Settings', () => {
  for (const [settings, message] of [
    [undefined, 'settings is missing; give some of interim, topK, threshold, endpointing'],
    [null, 'settings null is no object; give some of interim, topK, threshold, endpointing'],
  ] as const)
    it(`are refused: ${message}`, async () => {
      const { stream } = newScene();
      await assert.rejects(stream.configure(settings as never), { code: 'bad_request', message });
    });
});
