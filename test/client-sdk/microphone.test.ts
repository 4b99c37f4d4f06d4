import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { WORKLET_SOURCE } from '../../client-sdk/src/microphone-worklet.js';
import { hearingBrowser, type HearingBrowser } from '../support/chromium.js';
import { ensureBuilt, SDK } from './client-package.js';

const TONE_HZ = 1_000;
const RATE = 48_000;
const TONE = Int16Array.from({ length: RATE * 4 }, (_, n) => 12_000 * Math.sin((2 * Math.PI * TONE_HZ * n) / RATE));

/** Evaluated in the browser: a second and a half of what the microphone hears, and what it says about itself. */
const HEAR = `async (options) => {
  const { microphone } = await import('/microphone.js');
  const mic = await microphone(options);
  const heard = [];
  let level = 0;
  for await (const chunk of mic) {
    heard.push(...chunk);
    level = Math.max(level, mic.level);
    if (heard.length >= 24000) break;
  }
  return { heard, level, audio: mic.audio, label: mic.label, droppedMs: mic.droppedMs };
}`;

interface Heard {
  readonly heard: number[];
  readonly level: number;
  readonly audio: unknown;
  readonly label: string;
  readonly droppedMs: number;
}

/** As Firefox does: a device connects only to a context of its own rate. */
const LIKE_FIREFOX = `
  const connect = AudioContext.prototype.createMediaStreamSource;
  AudioContext.prototype.createMediaStreamSource = function (media) {
    if (this.sampleRate === 16000) throw new DOMException('different sample-rate', 'NotSupportedError');
    return connect.call(this, media);
  };`;

/** Evaluated in the browser: keeps which settings were asked for, and every track that was given. */
const SPY = `
  window.tracks = [];
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (constraints) => {
    window.asked = constraints;
    const media = await ask(constraints);
    window.tracks.push(...media.getTracks());
    return media;
  };`;

describe('The microphone of the SDK in Chromium', function () {
  this.timeout(60_000);
  // Chromium's fake device stutters while the machine is busy, and a tone that stutters has another pitch.
  this.retries(2);
  let browser: HearingBrowser | undefined;
  let site: Server;
  let address: string;

  before(async function () {
    browser = await hearingBrowser(this, { rate: RATE, samples: TONE });
    await ensureBuilt();
    site = createServer((request, response) => {
      const strict = request.url === '/strict' ? { 'content-security-policy': "script-src 'self' 'unsafe-eval'" } : {};
      const script = { '/microphone.js': built(), '/worklet.js': WORKLET_SOURCE }[request.url ?? ''];
      response.writeHead(200, { ...strict, 'content-type': script === undefined ? 'text/html' : 'text/javascript' });
      response.end(script ?? '<!doctype html><title>page</title>');
    }).listen(0, '127.0.0.1');
    await once(site, 'listening');
    address = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
  });
  after(async () => {
    await browser?.close();
    (site as Server | undefined)?.close();
  });

  const built = (): string => readFileSync(join(SDK, 'dist/microphone/microphone.js'), 'utf8');
  const open = async (path = '/', permissions = ['microphone']): Promise<Page> =>
    (await browser!.open(address + path, { permissions })).page;
  const hear = (page: Page, options: object = {}): Promise<Heard> =>
    page.evaluate(`(${HEAR})(${JSON.stringify(options)})`);
  const codeOf = (page: Page, options: object = {}): Promise<string> =>
    page.evaluate(
      `import('/microphone.js').then(({ microphone }) => microphone(${JSON.stringify(options)})).then(() => 'opened', ({ code }) => code)`,
    );

  /** The tone's period is the number of samples from the first to the last rising zero crossing, divided by the periods between. */
  function assertTone(samples: readonly number[]): void {
    // The device's first tenths of a second may be silent.
    const settled = samples.slice(8_000);
    const rising = settled.flatMap((sample, at) => (at > 0 && settled[at - 1]! < 0 && sample >= 0 ? [at] : []));
    const period = (rising.at(-1)! - rising[0]!) / (rising.length - 1);
    assert.ok(Math.abs(16_000 / period - TONE_HZ) < 5, `${16_000 / period} Hz instead of ${TONE_HZ}`);
  }

  for (const [how, prepare] of [
    ['which the browser resamples', ''],
    ['which we resample where the browser cannot', LIKE_FIREFOX],
  ] as const)
    it(`hears at 16 kHz, ${how}`, async () => {
      const page = await open();
      await page.evaluate(prepare);
      const { heard, audio, level, droppedMs } = await hear(page);
      assert.deepEqual(audio, { encoding: 'pcm_s16le', sampleRate: 16_000, channels: 1 });
      assertTone(heard);
      assert.ok(level > 0.05 && level < 1, `a level of ${level}`);
      assert.equal(droppedMs, 0);
    });

  it("asks for none of the browser's filters, and gives the device back when the loop is left", async () => {
    const page = await open();
    await page.evaluate(SPY);
    await hear(page);
    assert.deepEqual(await page.evaluate('window.asked'), {
      audio: { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false },
    });
    assert.deepEqual(await page.evaluate('window.tracks.map(({ readyState }) => readyState)'), ['ended']);
  });

  it('listens to the microphone that was chosen', async () => {
    const page = await open();
    const chosen = await page.evaluate<{ deviceId: string; label: string }>(
      "import('/microphone.js').then(({ microphones }) => microphones()).then((all) => ({ ...all.at(-1).toJSON() }))",
    );
    assert.equal((await hear(page, { deviceId: chosen.deviceId })).label, chosen.label);
    assert.equal(await codeOf(page, { deviceId: 'no such device' }), 'not_found');
  });

  it('works under a strict Content-Security-Policy with workletUrl, and is refused without it', async () => {
    const page = await open('/strict');
    assert.equal(await codeOf(page), 'worklet_refused');
    assertTone((await hear(page, { workletUrl: '/worklet.js' })).heard);
  });

  it('fails when no audio context takes the device, and leaves none open', async () => {
    const page = await open();
    await page.evaluate(`
      window.contexts = [];
      AudioContext.prototype.createMediaStreamSource = function () {
        window.contexts.push(this);
        throw new DOMException('not supported', 'NotSupportedError');
      };`);
    assert.equal(await codeOf(page), 'failed');
    assert.deepEqual(await page.evaluate('window.contexts.map(({ state }) => state)'), ['closed', 'closed']);
  });

  it('says that it was denied', async () => assert.equal(await codeOf(await open('/', [])), 'denied'));

  it('gives the device back when its signal fires, and can still be read to the end', async () => {
    const page = await open();
    await page.evaluate(SPY);
    const samples = await page.evaluate(`(async () => {
      const { microphone } = await import('/microphone.js');
      const giving = new AbortController();
      const mic = await microphone({ signal: giving.signal });
      let samples = 0;
      for await (const chunk of mic) {
        samples += chunk.length;
        if (samples > 4000) giving.abort();
      }
      return samples;
    })()`);
    assert.ok(Number(samples) > 4_000);
    assert.deepEqual(await page.evaluate('window.tracks.map(({ readyState }) => readyState)'), ['ended']);
  });

  it('hears again after its audio context was suspended', async () => {
    const page = await open();
    const samples = await page.evaluate(`(async () => {
      globalThis.AudioContext = class extends AudioContext {
        constructor(options) {
          super(options);
          globalThis.context = this;
        }
      };
      const { microphone } = await import('/microphone.js');
      const mic = await microphone();
      let samples = 0;
      let samplesAsleep = 0;
      for await (const chunk of mic) {
        samples += chunk.length;
        if (samplesAsleep === 0) {
          await context.suspend();
          samplesAsleep = samples;
          setTimeout(() => mic.stop(), 2000);
        }
      }
      return samples - samplesAsleep;
    })()`);
    assert.ok(Number(samples) > 8_000, `${String(samples)} samples in two seconds`);
  });

  it('tells its reader that the device was lost', async () => {
    const page = await open();
    await page.evaluate(SPY);
    const code = await page.evaluate(`(async () => {
      const { microphone } = await import('/microphone.js');
      const mic = await microphone();
      window.tracks[0].dispatchEvent(new Event('ended'));
      try {
        for await (const chunk of mic);
      } catch ({ code }) {
        return code;
      }
    })()`);
    assert.equal(code, 'lost');
  });
});
