import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createStream, EarshotError, type Encoding, type IntentStream } from '../../client-sdk/src/index.js';
import { atSpeakingSpeed, pipe, readWav, writable } from '../../client-sdk/src/node.js';
import { hasSox, needs } from '../support/needs.js';
import { ECHO_MODELS, SAMPLES, serveReal, type RealServer } from '../support/real-server.js';
import { babble, pcm16 } from '../support/tones.js';

const SAMPLE = join(SAMPLES, 'balance-16k.wav');
const PCM = { encoding: 'pcm_s16le', sampleRate: 16_000, channels: 1 } as const;

const sox = (...args: string[]): Buffer =>
  execFileSync('sox', ['-q', '-D', SAMPLE, ...args], { maxBuffer: 1 << 26, stdio: ['ignore', 'pipe', 'ignore'] });

/** The bytes in chunks of that length. */
const chunked = (bytes: Uint8Array, length: number): Readable =>
  Readable.from(
    Array.from({ length: Math.ceil(bytes.length / length) }, (_, n) => bytes.subarray(n * length, (n + 1) * length)),
  );

const bytesOf = async (chunks: AsyncIterable<Uint8Array>): Promise<Buffer> => {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
};

describe('A WAV stream', () => {
  const FORMATS: readonly (readonly [Encoding, readonly string[]])[] = [
    ['pcm_s16le', ['-b', '16', '-e', 'signed', '-L']],
    ['pcm_f32le', ['-b', '32', '-e', 'floating-point', '-L']],
    ['mulaw', ['-b', '8', '-e', 'u-law']],
    ['alaw', ['-b', '8', '-e', 'a-law']],
  ];
  for (const [encoding, format] of FORMATS)
    for (const length of [1, 7, 100_000])
      it(`of ${encoding}, in chunks of ${length} bytes, gives the same bytes as sox`, async function () {
        needs(this, hasSox, 'sox');
        const shape = ['-r', '8000', '-c', '2', ...format];
        const { audio, chunks } = await readWav(chunked(sox(...shape, '-t', 'wav', '-', 'trim', '0', '0.5'), length));
        assert.deepEqual(audio, { encoding, sampleRate: 8_000, channels: 2 });
        assert.deepEqual(await bytesOf(chunks), sox(...shape, '-t', 'raw', '-', 'trim', '0', '0.5'));
      });

  for (const length of [0, 0xffff_ffff])
    it(`that was written to a pipe, with ${length} for its unknown length, is read to its end`, async () => {
      const wav = Buffer.from(readFileSync(SAMPLE));
      wav.writeUInt32LE(length, 40);
      const { chunks } = await readWav(chunked(wav, 1_000));
      assert.deepEqual(await bytesOf(chunks), wav.subarray(44));
    });

  it('destroys its source when its samples are no longer read', async () => {
    const source = chunked(readFileSync(SAMPLE), 1_000);
    const { chunks } = await readWav(source);
    const failing = { closed: new Promise(() => undefined), send: () => Promise.reject(new Error('it has failed')) };
    await assert.rejects(pipe(chunks, failing as never));
    assert.equal(source.destroyed, true);
  });

  it('closes its source when its samples are given back before any was read', async () => {
    const source = createReadStream(SAMPLE);
    const { chunks } = await readWav(source);
    await chunks.return();
    assert.equal(source.destroyed, true);
  });

  it('leaves out what follows its samples', async () => {
    const wav = Buffer.concat([readFileSync(SAMPLE), Buffer.from('LIST....')]);
    const { chunks } = await readWav(chunked(wav, 1_000));
    assert.deepEqual(await bytesOf(chunks), wav.subarray(44, -8));
  });

  it('of RF64, which tells its length in 64 bits, leaves out what follows its samples', async () => {
    const wav = readFileSync(SAMPLE);
    const riff = Buffer.from('RF64\xff\xff\xff\xffWAVE', 'latin1');
    const long = Buffer.alloc(36);
    long.write('ds64');
    long.writeUInt32LE(28, 4);
    long.writeBigUInt64LE(BigInt(wav.length - 44), 16);
    const header = Buffer.concat([riff, long, wav.subarray(12, 40), Buffer.alloc(4, 0xff)]);
    const { chunks } = await readWav(
      chunked(Buffer.concat([header, wav.subarray(44), Buffer.from('iXML....')]), 1_000),
    );
    assert.deepEqual(await bytesOf(chunks), wav.subarray(44));
  });

  const broken = (change: (wav: Buffer) => void): Buffer => {
    const wav = Buffer.from(readFileSync(SAMPLE));
    change(wav);
    return wav;
  };
  for (const [what, bytes, sentence] of [
    ['nothing', Buffer.alloc(0), 'it ends after 0 bytes, before any samples'],
    ['half a header', readFileSync(SAMPLE).subarray(0, 30), 'it ends after 30 bytes, before any samples'],
    ['an MP3', Buffer.from('ID3 and more of it'), 'it does not begin with RIFF … WAVE'],
    [
      '24-bit PCM',
      broken((wav) => wav.writeUInt16LE(24, 34)),
      'format 1 with 24 bits is not carried; give 16-bit PCM, 32-bit float, mu-law or A-law',
    ],
    ['samples before the format', broken((wav) => wav.write('fmx ', 12)), 'its samples come before its format'],
  ] as const)
    it(`is refused for ${what}`, async () => {
      const source = chunked(bytes, 10);
      await assert.rejects(readWav(source), {
        code: 'bad_request',
        message: `no WAV that can be streamed: ${sentence}`,
      });
      assert.equal(source.destroyed, true);
    });
});

describe('Speaking speed', () => {
  const chunks = [new Uint8Array(170), new Uint8Array(80)];

  it('lets no piece go before all of it would have been spoken, however the audio is chunked', async () => {
    const startedAt = performance.now();
    const lengths: number[] = [];
    let spokenMs = 0;
    for await (const { length } of atSpeakingSpeed(chunks, 1_000)) {
      lengths.push(length);
      spokenMs += length;
      const passedMs = performance.now() - startedAt;
      // A timer of Node may be a millisecond early.
      assert.ok(passedMs >= spokenMs - 2, `${spokenMs} ms of audio after ${passedMs} ms`);
    }
    assert.deepEqual(lengths, [100, 70, 80]);
  });

  for (const wrong of [undefined, NaN, 0])
    it(`of ${wrong} bytes a second is refused, and no audio is left out`, async () => {
      const refused = { code: 'bad_request', message: `bytesPerSecond ${wrong} is no number of bytes above 0` };
      await assert.rejects(atSpeakingSpeed(chunks, wrong!).next(), refused);
    });

  it('is rejected as soon as its signal fires', async () => {
    const controller = new AbortController();
    const pieces = atSpeakingSpeed(chunks, 1, { signal: controller.signal });
    setImmediate(() => controller.abort());
    await assert.rejects(pieces.next(), { name: 'AbortError' });
  });

  it('is rejected when its signal has fired, though the source is slower than speech', async () => {
    const controller = new AbortController();
    async function* late() {
      yield new Uint8Array(1);
      await new Promise((resolve) => setTimeout(resolve, 20));
      controller.abort();
      yield new Uint8Array(1);
    }
    const pieces = atSpeakingSpeed(late(), 1_000_000, { signal: controller.signal });
    await pieces.next();
    await assert.rejects(pieces.next(), { name: 'AbortError' });
  });
});

describe('readWav', () => {
  for (const [kind, source, sentence] of [
    [
      'String',
      SAMPLE,
      'readWav reads a stream of bytes, but was given String; give createReadStream(path) for a file, ',
    ],
    ['Uint8Array', readFileSync(SAMPLE), 'readWav reads a stream of bytes, but was given Uint8Array; give '],
    ['Undefined', undefined, 'readWav reads a stream of bytes, but was given Undefined; give '],
    [
      'stream of text',
      chunked(readFileSync(SAMPLE), 99).setEncoding('latin1'),
      'no WAV that can be streamed: its source gives String instead of bytes',
    ],
  ] as const)
    it(`says what to give instead of a ${kind}`, async () => {
      const told: unknown = await readWav(source as AsyncIterable<Uint8Array>).catch((error: unknown) => error);
      assert.ok(told instanceof EarshotError && told.code === 'bad_request' && told.message.startsWith(sentence));
    });
});

describe('Node streams', () => {
  let server: RealServer;
  before(async () => {
    server = await serveReal({ models: ECHO_MODELS });
  });
  after(() => server.running.drain());

  const open = (): IntentStream => createStream({ url: `ws://${server.http}`, audio: PCM });
  const speech = pcm16(babble(4, 5));

  it('are sent by pipeline, which waits until everything is classified', async () => {
    const stream = open();
    await pipeline(chunked(speech, 999), writable(stream));
    assert.deepEqual([stream.state, (await stream.closed).totals?.audio_ms], ['closed', 4_000]);
  });

  it('are sent by pipe, which leaves the stream open', async () => {
    const stream = open();
    await pipe(chunked(speech, 999), stream);
    assert.ok(['connecting', 'open'].includes(stream.state));
    assert.equal((await stream.close()).audio_ms, 4_000);
  });

  it('end with the error of the stream', async () => {
    const stream = createStream({ url: `ws://${server.http}`, audio: PCM, model: 'nosuch' });
    await assert.rejects(pipeline(chunked(speech, 999), writable(stream)), { code: 'model_not_found' });
  });

  it('end the stream when they fail', async () => {
    const stream = open();
    const failing = new Readable({ read: () => undefined });
    const piped = pipeline(failing, writable(stream));
    failing.destroy(new Error('the microphone was unplugged'));
    await assert.rejects(piped, { message: 'the microphone was unplugged' });
    assert.equal((await stream.closed).reason, 'aborted');
  });

  it('that give samples of another encoding are refused by pipeline, and an ArrayBuffer is taken', async () => {
    const stream = open();
    const samples = pipeline([new Float32Array(160)], writable(stream));
    await assert.rejects(samples, { code: 'bad_request', message: /^Float32Array is pcm_f32le, / });
    await pipeline([new ArrayBuffer(320)], writable(open()));
  });

  const text = (): Readable => chunked(speech, 999).setEncoding('latin1');
  const TEXTS: Readonly<Record<string, (stream: IntentStream) => Promise<void>>> = {
    pipe: (stream) => pipe(text(), stream),
    pipeline: (stream) => pipeline(text(), writable(stream)),
  };
  for (const [way, send] of Object.entries(TEXTS))
    it(`that give text instead of bytes are refused by ${way}`, async () => {
      const stream = open();
      await assert.rejects(send(stream), { code: 'bad_request', message: /^a chunk of type String is no audio; / });
      stream.abort();
    });

  it('take a WAV from a file', async () => {
    const { audio, chunks } = await readWav(createReadStream(SAMPLE));
    const stream = createStream({ url: `ws://${server.http}`, audio });
    await pipeline(chunks, writable(stream));
    const samples = (readFileSync(SAMPLE).length - 44) / 2;
    assert.equal((await stream.closed).totals?.audio_ms, Math.round(samples / 16));
  });
});
