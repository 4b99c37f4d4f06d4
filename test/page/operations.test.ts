import assert from 'node:assert/strict';
import type { Route } from 'playwright-core';
import { openStream } from '../../client-sdk/src/index.js';
import { hearingBrowser, type HearingBrowser } from '../support/chromium.js';
import { BUNDLED_MODELS, serveReal, type RealServer } from '../support/real-server.js';
import { sampleCall } from '../support/sample-calls.js';

const CALL = sampleCall('freeze-card-8k-mulaw.wav');

describe("The operators' view in Chromium", function () {
  this.timeout(60_000);
  let server: RealServer;
  let browser: HearingBrowser | undefined;

  before(async function () {
    browser = await hearingBrowser(this, CALL);
    server = await serveReal({ models: BUNDLED_MODELS, workers: 2 });
  });
  after(async () => {
    await browser?.close();
    await (server as RealServer | undefined)?.running.drain();
  });

  it('shows what a stream does to the server, without a complaint of the browser', async () => {
    const { page, complaints } = await browser!.open(`http://${server.http}/operations`);
    await page.locator('#state', { hasText: 'Ready: streams are taken.' }).waitFor();
    const stream = await openStream({
      url: `ws://${server.http}`,
      audio: { encoding: 'pcm_s16le', sampleRate: CALL.rate },
    });
    await stream.send(CALL.samples);
    await page.locator('#sessions', { hasText: /^1\s*1 so far/ }).waitFor();
    const { frames } = await stream.close();
    await page.locator('#sessions', { hasText: /^0\s*1 so far/ }).waitFor();
    assert.match(await page.locator('#workers').innerText(), /2 of 2\s+none was restarted/);
    const counts = await page.locator('#counts').innerText();
    const silent = Number(/frames of silence, not classified\s+(\d+)/.exec(counts)?.[1]);
    assert.match(await page.locator('#models').innerText(), new RegExp(`banking-intents.*cpu\\s+${frames - silent}`));
    assert.match(counts, new RegExp(`frames classified\\s+${frames - silent}`));
    assert.match(await page.locator('#latencies').innerText(), /last sample to event\s+[\d.]+ ms/);
    assert.deepEqual(complaints, []);
  });

  for (const [what, answer] of [
    ['is stuck', () => undefined],
    ['answers with an error', (route: Route) => route.fulfill({ status: 500, json: { error: { code: 'internal' } } })],
  ] as const)
    it(`says that the server does not answer when it ${what}, and keeps the figures`, async () => {
      const { page } = await browser!.open(`http://${server.http}/operations`);
      await page.locator('#workers', { hasText: '2 of 2' }).waitFor();
      await page.route('**/metrics', answer);
      await page.locator('#state', { hasText: 'does not answer' }).waitFor();
      assert.match(await page.locator('#workers').innerText(), /^2 of 2/);
    });

  it('says that the server has gone, and finds it again', async () => {
    const gone = await serveReal({ models: BUNDLED_MODELS });
    const { page } = await browser!.open(`http://${gone.http}/operations`);
    await page.locator('#state', { hasText: 'Ready' }).waitFor();
    await gone.running.drain();
    await page.locator('#state', { hasText: 'does not answer' }).waitFor();
    const back = await serveReal({ models: BUNDLED_MODELS, port: Number(gone.http.split(':')[1]) });
    await page.locator('#state', { hasText: 'Ready' }).waitFor();
    await back.running.drain();
  });
});
