import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { BUNDLED_MODELS, SAMPLES, serveReal, type RealServer } from '../support/real-server.js';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);

/** A sample call, again and again, is what the browser's microphone hears. */
const FLAGS = [
  '--no-sandbox',
  '--use-fake-device-for-media-stream',
  `--use-file-for-fake-audio-capture=${join(SAMPLES, 'balance-16k.wav')}`,
  '--autoplay-policy=no-user-gesture-required',
];

/** Evaluated in the browser. */
const HAS_MODELS = "document.querySelectorAll('#model option').length > 0";

describe('The page in Chromium', function () {
  this.timeout(60_000);
  let server: RealServer;
  let browser: Browser | undefined;

  before(async function () {
    if (!CHROMIUM) {
      console.log('      skipped: no Chromium on this machine');
      return this.skip();
    }
    server = await serveReal({ models: BUNDLED_MODELS });
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  });
  after(async () => {
    await browser?.close();
    await server.running.drain().catch(() => undefined);
  });

  const open = async (permissions: string[] = []): Promise<{ page: Page; complaints: string[] }> => {
    const context = await browser!.newContext({ permissions, viewport: { width: 1000, height: 900 } });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (said) => said.type() === 'error' && complaints.push(said.text()));
    page.on('pageerror', (problem) => complaints.push(String(problem)));
    await page.goto(`http://${server.http}/`);
    await page.waitForFunction(HAS_MODELS);
    return { page, complaints };
  };

  const state = (page: Page): Promise<string> => page.locator('#state').innerText();
  const waitForState = (page: Page, part: string) =>
    page.locator('#state', { hasText: part }).waitFor({ timeout: 40_000 });

  it('plays a sample call to its final without a complaint or a request to another host', async () => {
    const { page, complaints } = await open();
    const hosts = new Set<string>();
    page.on('request', (request) => request.url().startsWith('http') && hosts.add(new URL(request.url()).host));
    await page.selectOption('#sample', 'freeze-card-8k-mulaw.wav');
    await page.click('#play');
    await page.locator('.tentative meter').first().waitFor();
    await waitForState(page, 'Done');
    assert.match(await page.locator('#finals').innerText(), /freeze, \d+%/);
    assert.match(await state(page), /7\.5 s of audio, \d+ frames, 1 utterances, 0 ms not classified/);
    assert.deepEqual(complaints, []);
    assert.deepEqual([...hosts], [server.http]);
  });

  it('streams the microphone until it is stopped', async () => {
    const { page, complaints } = await open(['microphone']);
    await page.click('#microphone');
    await page.locator('.tentative meter').first().waitFor();
    await page.click('#stop');
    await waitForState(page, 'Done');
    assert.match(await page.locator('#finals').innerText(), /channel 0/);
    assert.deepEqual(complaints, []);
  });

  it('says plainly that the microphone is denied', async () => {
    const { page } = await open();
    await page.click('#microphone');
    await waitForState(page, 'microphone cannot be used');
    assert.equal(await page.locator('#microphone').isEnabled(), true);
  });

  it('says plainly that a file is no recording', async () => {
    const { page } = await open();
    await page.setInputFiles('#file', { name: 'a.wav', mimeType: 'audio/wav', buffer: Buffer.from('no audio at all') });
    await waitForState(page, 'cannot be read');
  });

  it('says that the server has gone', async () => {
    const { page } = await open();
    const gone = await serveReal({ models: BUNDLED_MODELS, drainGraceMs: 0 });
    await page.goto(`http://${gone.http}/`);
    await page.waitForFunction(HAS_MODELS);
    await page.click('#play');
    await waitForState(page, 'Listening');
    await gone.running.drain();
    await page.locator('#state', { hasText: /going away|Done|lost/ }).waitFor();
    await page.locator('#play:enabled').waitFor();
  });
});
