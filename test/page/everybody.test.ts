import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { hearingBrowser, type HearingBrowser } from '../support/chromium.js';
import { BUNDLED_MODELS, serveReal, type RealServer } from '../support/real-server.js';
import { sampleCall } from '../support/sample-calls.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Evaluated in the browser: the rules of accessibility that the page breaks. */
const COMPLAINTS = 'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes[0].html]))';

describe('The pages break no rule of accessibility and fit the screen', function () {
  this.timeout(60_000);
  let server: RealServer;
  let browser: HearingBrowser | undefined;

  before(async function () {
    browser = await hearingBrowser(this, sampleCall('freeze-card-8k-mulaw.wav'));
    server = await serveReal({ models: BUNDLED_MODELS });
  });
  after(async () => {
    await browser?.close();
    await (server as RealServer | undefined)?.running.drain();
  });

  const idle = (page: Page) => page.locator('#labels li').first().waitFor();
  const heard = async (page: Page) => {
    await page.click('#play');
    await page.locator('.pill.tentative').waitFor();
  };
  const watched = (page: Page) => page.locator('#models tr').first().waitFor();

  for (const scheme of ['light', 'dark'] as const)
    for (const [what, path, ready] of [
      ['the page before anybody speaks', '/', idle],
      ['the page while somebody speaks', '/', heard],
      ["the operators' view", '/operations', watched],
    ] as const)
      it(`${what}, ${scheme}, on a desktop and on a phone`, async () => {
        const { page } = await browser!.open(`http://${server.http}${path}`, { colorScheme: scheme });
        await ready(page);
        await page.evaluate(AXE);
        assert.deepEqual(await page.evaluate(COMPLAINTS), []);
        for (const width of [360, 320]) {
          await page.setViewportSize({ width, height: 740 });
          assert.equal(await page.evaluate('document.documentElement.scrollWidth'), width);
        }
        assert.deepEqual(await page.evaluate(COMPLAINTS), []);
      });
});
