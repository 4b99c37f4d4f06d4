import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readWav } from '../../server/audio/wav.js';
import { BUNDLED_MODELS, SAMPLES, serveReal, type RealServer } from '../support/real-server.js';
import { ensureBuilt, run, SDK } from './client-package.js';

const CALL = join(SAMPLES, 'call-stereo-8k-mulaw.wav');
const FREEZE = join(SAMPLES, 'freeze-card-8k-mulaw.wav');
const NODE_BOT = join(SDK, 'examples/node-bot.mjs');
const CALL_TAGGER = join(SDK, 'examples/call-tagger.mjs');

/** 16-bit samples at 8 kHz of a µ-law WAV, after ITU-T G.711. */
const pcmOf = (file: string): Uint8Array => {
  const wav = readWav(readFileSync(file));
  if (wav.kind !== 'audio') throw new Error(wav.message);
  const samples = Int16Array.from(wav.audio, (byte) => {
    const code = ~byte & 0xff;
    const magnitude = (((code & 0x0f) << 3) + 0x84) << ((code & 0x70) >> 4);
    return (code & 0x80) !== 0 ? 0x84 - magnitude : magnitude - 0x84;
  });
  return new Uint8Array(samples.buffer);
};

describe('The examples', function () {
  this.timeout(120_000);
  let server: RealServer;
  let url: string[];

  before(async () => {
    await ensureBuilt();
    server = await serveReal({ models: BUNDLED_MODELS });
    url = ['--url', `ws://${server.http}`];
  });
  after(() => server.running.drain());

  /** What the server itself answers about the call in one shot: where each speaks, and what they want. */
  const utterancesOf = async (file: string) => {
    const answer = await fetch(`http://${server.http}/v1/classify`, { method: 'POST', body: readFileSync(file) });
    const { utterances } = (await answer.json()) as { utterances: Record<string, unknown>[] };
    return utterances;
  };

  for (const [how, args, input] of [
    ['a file', [CALL], undefined],
    ['a stream', ['-'], readFileSync(CALL)],
  ] as const)
    it(`tag a call from ${how}: who wants what and when, and a summary`, async () => {
      const { code, err, lines } = await run(CALL_TAGGER, [...url, '--id', 'call-7', ...args], input);
      assert.deepEqual([code, err], [0, '']);
      const tags = lines.filter(({ type }) => type === 'tag');
      const expected = (await utterancesOf(CALL)).map(({ channel, start_ms, end_ms, intent, score }) => ({
        type: 'tag',
        speaker: channel === 0 ? 'customer' : 'agent',
        start_ms,
        end_ms,
        intent,
        score,
      }));
      assert.deepEqual(tags, expected);
      const { type, call, audio_ms, unclassified_ms, reason } = lines.at(-1)!;
      assert.deepEqual([type, call, audio_ms, unclassified_ms], ['summary', 'call-7', 25_529, 0]);
      const wanted = expected.filter(({ speaker, intent }) => speaker === 'customer' && intent !== null);
      const surest = Math.max(...wanted.map(({ score }) => Number(score)));
      assert.equal(reason, wanted.find(({ score }) => score === surest)?.intent);
      assert.deepEqual(wanted.map(({ intent }) => intent).sort(), ['joint_account', 'pay_bill']);
    });

  it('act on what a caller wants, and stop speaking when the caller goes on', async () => {
    const speech = pcmOf(FREEZE);
    const twice = Buffer.concat([speech, new Uint8Array(24_000), speech]);
    const { code, err, lines } = await run(NODE_BOT, [...url, '--sample-rate', '8000', '--barge-in', '0.5'], twice);
    assert.deepEqual([code, err], [0, '']);
    assert.deepEqual(
      lines.map(({ action }) => action),
      ['freeze_card', 'stop_speaking', 'freeze_card'],
    );
    const [first, stop, second] = lines.map(({ at_ms }) => Number(at_ms));
    assert.ok(first! < stop! && stop! < second!, `${first}, ${stop}, ${second}`);
  });

  it('ask again when they do not understand', async () => {
    const babble = Int16Array.from({ length: 16_000 * 2 }, (_, n) => 8_000 * Math.sin(n / 9) * Math.sin(n / 901));
    const { code, lines } = await run(NODE_BOT, url, new Uint8Array(babble.buffer));
    assert.deepEqual([code, lines.length > 0], [0, true]);
    for (const { action, intent } of lines) assert.equal(action === 'ask_again', intent === null);
  });

  for (const [name, file, args, sentence] of [
    ['bot', NODE_BOT, [], /^connect_failed: /],
    ['tagger', CALL_TAGGER, [CALL], /ECONNREFUSED/],
  ] as const)
    it(`end the ${name} with a sentence when no server is there`, async () => {
      const { code, err } = await run(file, ['--url', 'ws://127.0.0.1:9', ...args], new Uint8Array(3_200));
      assert.equal(code, 1);
      assert.match(err, sentence);
    });

  for (const [flags, sentence] of [
    [['--url', 'foo'], /^bad_request: url "foo" is not a ws:, wss:, http: or https: address\n$/],
    [['--sample-rate', 'abc'], /^bad_request: .*\n$/],
  ] as const)
    it(`end the bot with a sentence for ${flags.join(' ')}`, async () => {
      const { code, err } = await run(NODE_BOT, flags, new Uint8Array(3_200));
      assert.equal(code, 1);
      assert.match(err, sentence);
    });

  for (const [file, args, sentence] of [
    [NODE_BOT, ['--nosuch'], /^Unknown option '--nosuch'.*\nusage: node node-bot\.mjs .*\n$/],
    [NODE_BOT, ['--barge-in', 'abc'], /^--barge-in abc is no score from 0 to 1\nusage: .*\n$/],
    [NODE_BOT, ['--barge-in', '60'], /^--barge-in 60 is no score from 0 to 1\nusage: .*\n$/],
    [NODE_BOT, ['call.wav'], /^Unexpected argument 'call\.wav'.*\nusage: .*\n$/],
    [CALL_TAGGER, ['--nosuch', CALL], /^Unknown option '--nosuch'.*\nusage: node call-tagger\.mjs .*\n$/],
  ] as const)
    it(`print their usage when they are given ${args.join(' ')}`, async () => {
      const { code, err } = await run(file, args);
      assert.equal(code, 2);
      assert.match(err, sentence);
    });

  it('end the tagger with a sentence when its file is no WAV', async () => {
    const { code, err } = await run(CALL_TAGGER, [...url, '-'], Buffer.from('this is no recording'));
    assert.deepEqual([code, err.trim()], [1, 'no WAV that can be streamed: it does not begin with RIFF … WAVE']);
  });
});
