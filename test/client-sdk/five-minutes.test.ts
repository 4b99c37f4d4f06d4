import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundledSite, type Site } from '../support/bundled-site.js';
import { hearingBrowser, type HearingBrowser } from '../support/chromium.js';
import { BUNDLED_MODELS, serveReal, type RealServer } from '../support/real-server.js';
import { inRepository } from '../support/repository.js';
import { sampleCall } from '../support/sample-calls.js';
import { SDK } from './client-package.js';

/** The first code block in a language on a page of the documentation. */
function blockOf(page: string, language: string): string {
  const [, code] = new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(readFileSync(inRepository(page), 'utf8')) ?? [];
  assert.ok(code, `${page} has no block of ${language}`);
  return code;
}

describe('The microphone demo of the documentation in Chromium', function () {
  this.timeout(60_000);
  let server: RealServer;
  let browser: HearingBrowser | undefined;
  let folder: string | undefined;
  let site: Site | undefined;

  before(async function () {
    browser = await hearingBrowser(this, sampleCall('freeze-card-8k-mulaw.wav'));
    server = await serveReal({ models: BUNDLED_MODELS });
    // Inside the package, so that imports by the package's own name find it.
    folder = mkdtempSync(join(SDK, 'dist/five-minutes-'));
  });
  afterEach(() => site?.close());
  after(async () => {
    await browser?.close();
    await (server as RealServer | undefined)?.running.drain();
    if (folder !== undefined) rmSync(folder, { recursive: true });
  });

  for (const page of ['docs/five-minutes.md', 'client-sdk/README.md'])
    it(`hears what is said: ${page}`, async () => {
      const [main, html] = [join(folder!, 'main.js'), join(folder!, 'index.html')];
      writeFileSync(main, blockOf(page, 'javascript').replaceAll('ws://127.0.0.1:8080', `ws://${server.http}`));
      writeFileSync(html, blockOf('docs/five-minutes.md', 'html'));
      site = await bundledSite(main, [html]);
      const { page: tab, complaints } = await browser!.open(site.address, { permissions: ['microphone'] });
      assert.equal(await tab.textContent('h1'), '…');
      await tab.click('button');
      await tab.locator('h1', { hasText: /^freeze, \d+ %, final$/ }).waitFor();
      assert.deepEqual(complaints, []);
    });
});
