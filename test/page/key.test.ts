import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { keysFromText } from '../../server/access/keys-from-text.js';
import { hearingBrowser, type HearingBrowser } from '../support/chromium.js';
import { randomKey } from '../support/key-files.js';
import { BUNDLED_MODELS, serveReal, type RealServer } from '../support/real-server.js';
import { sampleCall } from '../support/sample-calls.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const COMPLAINTS = 'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes[0].html]))';

describe('The pages of a server that asks for a key', function () {
  this.timeout(90_000);
  const key = randomKey();
  let server: RealServer;
  let browser: HearingBrowser | undefined;

  before(async function () {
    browser = await hearingBrowser(this, sampleCall('freeze-card-8k-mulaw.wav'));
    const read = keysFromText(`page=${key}`);
    assert.ok(read.ok);
    server = await serveReal({ models: BUNDLED_MODELS, apiKeys: [...read.keys] });
  });
  after(async () => {
    await browser?.close();
    await (server as RealServer | undefined)?.running.drain();
  });

  const give = async (page: Page, given: string): Promise<void> => {
    await page.getByLabel('API key').locator('input').fill(given);
    await page.keyboard.press('Enter');
  };

  it('ask for it until it is right, then stream with it; the other view in the same tab does not ask again', async () => {
    const { page } = await browser!.open(`http://${server.http}/`);
    await page.locator('dialog', { hasText: 'asks for a key' }).waitFor();
    await page.evaluate(AXE);
    assert.deepEqual(await page.evaluate(COMPLAINTS), []);
    await give(page, '“curly”');
    await page.locator('dialog', { hasText: 'characters that no key has' }).waitFor();
    for (let pressed = 0; pressed < 3; pressed += 1) await page.keyboard.press('Escape');
    // The browser closes it at the second press, and tells the page so a moment later.
    await page.locator('dialog[open]').waitFor();
    await give(page, randomKey());
    await page.locator('dialog', { hasText: 'not good here' }).waitFor();
    await give(page, key);
    await page.locator('#model option').first().waitFor({ state: 'attached' });
    await page.click('#play');
    await page.locator('#finals li', { hasText: 'freeze' }).first().waitFor({ timeout: 60_000 });
    assert.ok(!page.url().includes(key));
    await page.click('a[href="/operations"]');
    await page.locator('#models tr', { hasText: 'banking-intents' }).waitFor();
    assert.equal(await page.locator('dialog').count(), 0);
  });
});
