import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { hearingBrowser, type HearingBrowser } from '../support/chromium.js';
import { ECHO_MODELS, serveReal, type RealServer } from '../support/real-server.js';
import { sampleCall } from '../support/sample-calls.js';

/** Evaluated in the browser before the page's own scripts: counts the plots that the window holds. */
const COUNT_PLOTS = `globalThis.plots = 0;
  for (const [method, step] of [['addEventListener', 1], ['removeEventListener', -1]]) {
    const original = window[method];
    window[method] = function (type, ...rest) {
      if (type === 'dppxchange') globalThis.plots += step;
      return original.call(this, type, ...rest);
    };
  }`;

describe('The end of a stream on the live page in Chromium', function () {
  this.timeout(90_000);
  let server: RealServer;
  let browser: HearingBrowser | undefined;

  before(async function () {
    browser = await hearingBrowser(this, sampleCall('freeze-card-8k-mulaw.wav'));
    server = await serveReal({ models: ECHO_MODELS });
  });
  after(async () => {
    await browser?.close();
    await (server as RealServer | undefined)?.running.drain();
  });

  const open = async (http = server.http): Promise<Page> => {
    const { page } = await browser!.open(`http://${http}/`, { permissions: ['microphone'] });
    await page.locator('#model option').first().waitFor({ state: 'attached' });
    return page;
  };
  const waitForState = (page: Page, part: string | RegExp) => page.locator('#state', { hasText: part }).waitFor();

  it('can be had without the last answers when the server is away', async () => {
    const away = await serveReal({ models: ECHO_MODELS, drainGraceMs: 0 });
    const page = await open(away.http);
    await page.click('#play');
    await waitForState(page, 'Listening');
    await away.running.drain();
    await waitForState(page, /Connection lost|going away/);
    await page.click('#stop');
    await waitForState(page, 'Press Stop again');
    await page.click('#stop');
    await waitForState(page, 'Stopped, without the last answers.');
    assert.equal(await page.locator('#play').isEnabled(), true);
  });

  it('leaves no plot behind when the next stream has begun', async () => {
    const page = await open();
    await page.addInitScript(COUNT_PLOTS);
    await page.reload();
    const own = await page.evaluate<number>('globalThis.plots');
    await page.locator('#model option').first().waitFor({ state: 'attached' });
    for (let stream = 0; stream < 3; stream += 1) {
      await page.click('#play');
      await waitForState(page, 'Listening');
      await page.click('#stop');
      await waitForState(page, 'Done');
    }
    assert.equal(await page.evaluate('globalThis.plots'), own + 1);
  });

  it('still says why when the microphone was unplugged', async () => {
    const page = await open();
    await page.evaluate(`const devices = navigator.mediaDevices;
      const ask = devices.getUserMedia.bind(devices);
      devices.getUserMedia = async (what) => (globalThis.media = await ask(what));`);
    await page.click('#microphone');
    await waitForState(page, 'Listening');
    await page.evaluate("globalThis.media.getTracks()[0].dispatchEvent(new Event('ended'))");
    await waitForState(page, 'Done');
    const state = page.locator('#state.alarm');
    assert.match(await state.innerText(), /^The microphone was unplugged, or its permission withdrawn\. Done: /);
  });
});
