import assert from 'node:assert/strict';
import { join } from 'node:path';
import { metric } from '../chaos/chaos.js';
import { bundledSite, type Site } from '../support/bundled-site.js';
import { hearingBrowser, type HearingBrowser } from '../support/chromium.js';
import { eventually } from '../support/key-files.js';
import { BUNDLED_MODELS, serveReal, type RealServer } from '../support/real-server.js';
import { sampleCall } from '../support/sample-calls.js';
import { SDK } from './client-package.js';
import { CLOSED, intent, READY, receipt } from './messages.js';
import { say } from './polite-server.js';
import { webSocketServer } from './servers.js';

/** Evaluated in the browser: keeps the microphone's track within reach of the test. */
const KEEP_TRACK = `const devices = navigator.mediaDevices;
  const ask = devices.getUserMedia.bind(devices);
  devices.getUserMedia = async (what) => {
    const media = await ask(what);
    globalThis.track = media.getAudioTracks()[0];
    return media;
  };`;

/** Evaluated in the browser: the question whether the microphone may be used stays open until the test calls `permit`. */
const ASK_SLOWLY = `const devices = navigator.mediaDevices;
  const ask = devices.getUserMedia.bind(devices);
  devices.getUserMedia = async (what) => {
    await new Promise((resolve) => { globalThis.permit = resolve; });
    const media = await ask(what);
    globalThis.track = media.getAudioTracks()[0];
    return media;
  };`;

/**
 * Evaluated in the browser: a voice that speaks, even after it is cancelled, until the test calls `fallSilent`; `spoken` counts what
 * it is told to say, and `cancelled` how often it is told to stop.
 */
const ENDLESS_VOICE = `globalThis.spoken = globalThis.cancelled = 0;
  speechSynthesis.getVoices = () => [{}];
  speechSynthesis.cancel = () => { globalThis.cancelled += 1; };
  speechSynthesis.speak = (speech) => {
    globalThis.spoken += 1;
    globalThis.fallSilent = () => speech.dispatchEvent(new Event('end'));
  };`;
const VOICE = '[globalThis.spoken, globalThis.cancelled]';

const BOT = join(SDK, 'examples/browser-bot');

describe('The browser bot in Chromium', function () {
  this.timeout(90_000);
  let server: RealServer;
  let browser: HearingBrowser | undefined;
  let site: Site;

  before(async function () {
    browser = await hearingBrowser(this, sampleCall('freeze-card-8k-mulaw.wav'));
    server = await serveReal({ models: BUNDLED_MODELS });
    site = await bundledSite(join(BOT, 'main.ts'), [join(BOT, 'index.html'), join(BOT, 'bot.css')]);
  });
  after(async () => {
    await browser?.close();
    (site as Site | undefined)?.close();
    await (server as RealServer | undefined)?.running.drain();
  });

  it('does what the caller wants, says so, and hangs up when it is told to', async () => {
    const { page, complaints } = await browser!.open(`${site.address}?server=ws://${server.http}`, {
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

  it('says that the microphone was unplugged, falls silent, and leaves no stream open', async () => {
    const { page } = await browser!.open(`${site.address}?server=ws://${server.http}`, { permissions: ['microphone'] });
    await page.evaluate(KEEP_TRACK);
    await page.evaluate(ENDLESS_VOICE);
    await page.click('#call');
    await page.waitForFunction('globalThis.fallSilent');
    await eventually(async () => (await metric(server, 'earshot_sessions')) === 1);
    assert.deepEqual(await page.evaluate(VOICE), [1, 0]);
    await page.evaluate("globalThis.track.dispatchEvent(new Event('ended'))");
    await page.locator('#state.alarm', { hasText: 'the microphone was unplugged' }).waitFor();
    await eventually(async () => (await metric(server, 'earshot_sessions')) === 0);
    assert.match(await page.locator('#state').innerText(), /unplugged/);
    assert.deepEqual(await page.evaluate(VOICE), [1, 1]);
  });

  it('ends the call when it is hung up while the person is asked for the microphone', async () => {
    const { page } = await browser!.open(`${site.address}?server=ws://${server.http}`, { permissions: ['microphone'] });
    await page.evaluate(ASK_SLOWLY);
    await page.click('#call');
    await page.locator('#state', { hasText: 'permission' }).waitFor();
    await page.click('#call');
    await page.locator('#call', { hasText: 'Call the bank' }).waitFor({ timeout: 5_000 });
    assert.equal(await page.locator('#state:not(.alarm)').innerText(), 'The call has ended.');
    await page.evaluate('globalThis.permit()');
    await page.waitForFunction("globalThis.track?.readyState === 'ended'");
    assert.equal(await metric(server, 'earshot_sessions'), 0);
  });

  it('neither acts nor speaks once the call has ended, even on a final that comes later', async () => {
    const late = await webSocketServer((socket) =>
      socket.on('message', (content) => {
        const { type } = JSON.parse((content as Buffer).toString()) as { type: string };
        if (type === 'start') say(socket, READY);
        if (type === 'close') say(socket, receipt(1), intent(2, 'final'), CLOSED);
      }),
    );
    const { page } = await browser!.open(`${site.address}?server=${late.url}`, { permissions: ['microphone'] });
    await page.evaluate(ENDLESS_VOICE);
    await page.click('#call');
    await page.waitForFunction('globalThis.fallSilent');
    await page.click('#call');
    await page.locator('#state', { hasText: 'The call has ended.' }).waitFor();
    await page.evaluate('globalThis.fallSilent()');
    await page.evaluate('new Promise((resolve) => setTimeout(resolve))');
    assert.equal(await page.locator('#state').innerText(), 'The call has ended.');
    assert.deepEqual(await page.locator('#actions li, #talk .caller').allInnerTexts(), []);
    assert.deepEqual(await page.evaluate(VOICE), [1, 1]);
    late.stop();
  });

  it('can be hung up while the server is away', async () => {
    const away = await webSocketServer((socket) =>
      socket.once('message', () => say(socket, READY, intent(2, 'tentative'))),
    );
    const { page } = await browser!.open(`${site.address}?server=${away.url}`, { permissions: ['microphone'] });
    await page.evaluate(ENDLESS_VOICE);
    await page.click('#call');
    await page.waitForFunction('globalThis.fallSilent');
    // The greeting begins before the stream does; a server that goes away before it has answered is not reconnected to.
    await page.locator('#state', { hasText: 'balance?' }).waitFor();
    away.stop();
    await page.locator('#state', { hasText: 'Connection lost' }).waitFor();
    await page.click('#call');
    await page.locator('#call', { hasText: 'Call the bank' }).waitFor({ timeout: 20_000 });
    assert.equal(await page.locator('#state:not(.alarm)').innerText(), 'The call has ended.');
  });

  it('says that the microphone is denied, or that no server is there', async () => {
    const denied = await browser!.open(`${site.address}?server=ws://${server.http}`);
    await denied.page.click('#call');
    await denied.page.locator('#state', { hasText: 'the microphone was denied' }).waitFor();
    const alone = await browser!.open(`${site.address}?server=ws://127.0.0.1:9`, { permissions: ['microphone'] });
    await alone.page.click('#call');
    await alone.page.locator('#state.alarm', { hasText: 'connect_failed' }).waitFor();
    await alone.page.locator('#call', { hasText: 'Call the bank' }).waitFor();
  });
});
