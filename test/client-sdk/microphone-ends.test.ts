import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { hearingBrowser, type HearingBrowser } from '../support/chromium.js';
import { ensureBuilt, SDK } from './client-package.js';

/** Evaluated in the browser: keeps the device, the audio context and the worklet's node that the microphone uses. */
const SPY = `
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (constraints) => {
    globalThis.asked = constraints;
    globalThis.media = await ask(constraints);
    return globalThis.media;
  };
  globalThis.AudioContext = class extends AudioContext {
    constructor(options) {
      super(options);
      globalThis.context = this;
    }
  };
  globalThis.AudioWorkletNode = class extends AudioWorkletNode {
    constructor(...all) {
      super(...all);
      globalThis.node = this;
    }
  };
  globalThis.opening = (options) => import('/microphone.js').then(({ microphone }) => microphone(options));`;

describe('The microphone of the SDK, at odd moments in Chromium,', function () {
  this.timeout(60_000);
  let browser: HearingBrowser | undefined;
  let site: Server;

  before(async function () {
    browser = await hearingBrowser(this, { rate: 16_000, samples: new Int16Array(16_000).fill(9_000) });
    await ensureBuilt();
    const script = readFileSync(join(SDK, 'dist/microphone/microphone.js'), 'utf8');
    site = createServer(({ url }, response) => {
      const isScript = url === '/microphone.js';
      response.writeHead(200, { 'content-type': isScript ? 'text/javascript' : 'text/html' });
      response.end(isScript ? script : '<!doctype html><title>page</title>');
    }).listen(0, '127.0.0.1');
    await once(site, 'listening');
  });
  after(async () => {
    await browser?.close();
    (site as Server | undefined)?.close();
  });

  const open = async (): Promise<Page> => {
    const url = `http://127.0.0.1:${(site.address() as AddressInfo).port}/`;
    const { page } = await browser!.open(url, { permissions: ['microphone'] });
    await page.evaluate(SPY);
    return page;
  };

  it('stops although its audio is suspended before the worklet has answered', async () => {
    const page = await open();
    const ended = await page.evaluate(`(async () => {
      const mic = await opening();
      for await (const chunk of mic) {
        node.port.postMessage = () => undefined;
        const stopping = mic.stop();
        await context.suspend();
        const late = new Promise((resolve) => setTimeout(resolve, 5000, 'late'));
        return Promise.race([stopping.then(() => media.getTracks()[0].readyState), late]);
      }
    })()`);
    assert.equal(ended, 'ended');
  });

  it('is silent once it has ended, whatever the worklet still sends', async () => {
    const page = await open();
    const level = await page.evaluate(`(async () => {
      const mic = await opening();
      media.getTracks()[0].dispatchEvent(new Event('ended'));
      node.port.onmessage({ data: new Float32Array(800).fill(0.5) });
      return mic.level;
    })()`);
    assert.equal(level, 0);
  });

  it('is lost when the device was unplugged while it was being opened', async () => {
    const page = await open();
    const code = await page.evaluate(`(async () => {
      const load = AudioWorklet.prototype.addModule;
      AudioWorklet.prototype.addModule = function (url) {
        media.getTracks()[0].stop();
        return load.call(this, url);
      };
      return opening().then(() => 'opened', ({ code }) => code);
    })()`);
    assert.equal(code, 'lost');
  });

  it('takes null for an option that is not given', async () => {
    const page = await open();
    const nothing = ['deviceId', 'echoCancellation', 'noiseSuppression', 'autoGainControl', 'workletUrl', 'signal'];
    const options = JSON.stringify(Object.fromEntries(nothing.map((name) => [name, null])));
    const asked = await page.evaluate(`opening(${options}).then((mic) => mic.stop()).then(() => asked)`);
    assert.deepEqual(asked, {
      audio: { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false },
    });
  });
});
