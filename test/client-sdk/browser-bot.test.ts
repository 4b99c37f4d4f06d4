import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { build } from 'tsdown';
import { hearingBrowser, type HearingBrowser } from '../support/chromium.js';
import { BUNDLED_MODELS, serveReal, type RealServer } from '../support/real-server.js';
import { sampleCall } from '../support/sample-calls.js';
import { SDK } from './client-package.js';

const BOT = join(SDK, 'examples/browser-bot');
const TYPES: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.css': 'text/css' };

describe('The browser bot in Chromium', function () {
  this.timeout(90_000);
  let server: RealServer;
  let browser: HearingBrowser | undefined;
  let site: Server;
  let address: string;
  const folder = mkdtempSync(join(tmpdir(), 'earshot-bot-'));

  before(async function () {
    browser = await hearingBrowser(this, sampleCall('freeze-card-8k-mulaw.wav'));
    server = await serveReal({ models: BUNDLED_MODELS });
    await build({
      config: false,
      entry: [join(BOT, 'main.ts')],
      outDir: folder,
      tsconfig: join(BOT, 'tsconfig.json'),
      platform: 'browser',
      dts: false,
      deps: { alwaysBundle: [/./], onlyBundle: false },
      outExtensions: () => ({ js: '.js' }),
      logLevel: 'error',
    });
    site = createServer((request, response) => {
      const path = new URL(request.url ?? '/', 'http://localhost').pathname;
      const text = { '/main.js': join(folder, 'main.js'), '/bot.css': join(BOT, 'bot.css') }[path];
      response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'text/html' });
      response.end(readFileSync(text ?? join(BOT, 'index.html'), 'utf8').replace('main.ts', 'main.js'));
    }).listen(0, '127.0.0.1');
    await once(site, 'listening');
    address = `http://127.0.0.1:${(site.address() as AddressInfo).port}/`;
  });
  after(async () => {
    await browser?.close();
    (site as Server | undefined)?.close();
    await (server as RealServer | undefined)?.running.drain();
    rmSync(folder, { recursive: true });
  });

  it('does what the caller wants, says so, and hangs up when it is told to', async () => {
    const { page, complaints } = await browser!.open(`${address}?server=ws://${server.http}`, {
      permissions: ['microphone'],
    });
    await page.click('#call');
    await page.locator('#talk .bot', { hasText: 'What can I do for you?' }).waitFor();
    await page.locator('#talk .caller', { hasText: 'freeze' }).first().waitFor({ timeout: 60_000 });
    await page.locator('#actions li', { hasText: 'freeze_card' }).first().waitFor();
    await page.locator('#talk .bot', { hasText: 'Your card is frozen' }).first().waitFor();
    await page.click('#call');
    await page.locator('#state', { hasText: 'The call has ended.' }).waitFor();
    assert.deepEqual(complaints, []);
  });

  it('says that the microphone is denied, or that no server is there', async () => {
    const denied = await browser!.open(`${address}?server=ws://${server.http}`);
    await denied.page.click('#call');
    await denied.page.locator('#state', { hasText: 'the microphone was denied' }).waitFor();
    const alone = await browser!.open(`${address}?server=ws://127.0.0.1:9`, { permissions: ['microphone'] });
    await alone.page.click('#call');
    await alone.page.locator('#state.alarm', { hasText: 'connect_failed' }).waitFor();
    await alone.page.locator('#call', { hasText: 'Call the bank' }).waitFor();
  });
});
