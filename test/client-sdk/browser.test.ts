import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { createStream, type StreamMessage } from '../../client-sdk/src/index.js';
import { A_CHROMIUM, CHROMIUM } from '../support/chromium.js';
import { cuttingProxy, type CuttingProxy } from '../support/cutting-proxy.js';
import { needs } from '../support/needs.js';
import { ECHO_MODELS, serveReal, type RealServer } from '../support/real-server.js';
import { babble, pcm16 } from '../support/tones.js';
import { ensureBuilt, SDK } from './client-package.js';
import { storyOf, tell } from './cuts.js';

const SPEECH = pcm16(babble(10, 5));
const OPTIONS = { audio: { encoding: 'pcm_s16le', sampleRate: 16_000 }, endpointing: { silenceMs: 400 } } as const;

/** Evaluated in the browser: streams `speech`, and returns what was received. */
const STREAM_IN_PAGE = `async ({ url, options, pauseMs }) => {
  const { createStream } = await import('/browser.js');
  const speech = new Uint8Array(await (await fetch('/speech')).arrayBuffer());
  const stream = createStream({ url, ...options });
  const messages = [];
  const reconnected = [];
  stream.on('message', (message) => messages.push(message));
  stream.on('reconnected', (event) => reconnected.push(event));
  for (let at = 0; at < speech.length; at += 3200) {
    await stream.send(speech.subarray(at, at + 3200));
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  const totals = await stream.close();
  return { messages, reconnected, totals };
}`;

interface ToldInPage {
  readonly messages: StreamMessage[];
  readonly reconnected: { readonly resumed: boolean }[];
}

describe('The browser build in Chromium', function () {
  this.timeout(60_000);
  let server: RealServer;
  let proxy: CuttingProxy;
  let site: Server;
  let browser: Browser | undefined;
  let page: Page;

  before(async function () {
    needs(this, CHROMIUM, A_CHROMIUM);
    await ensureBuilt();
    server = await serveReal({ models: ECHO_MODELS });
    proxy = await cuttingProxy(server.http);
    site = createServer((request, response) => {
      const files: Record<string, [string, Uint8Array | string]> = {
        '/': ['text/html', '<!doctype html><title>page</title>'],
        '/browser.js': ['text/javascript', readFileSync(join(SDK, 'dist/browser/browser.js'))],
        '/speech': ['application/octet-stream', SPEECH],
      };
      const [type, body] = files[request.url ?? ''] ?? ['text/plain', ''];
      response.setHeader('content-type', type).end(body);
    }).listen(0, '127.0.0.1');
    await once(site, 'listening');
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
    page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`);
  });
  after(async () => {
    await browser?.close();
    if (!CHROMIUM) return;
    site.close();
    proxy.close();
    await server.running.drain();
  });

  const inPage = (options: object): Promise<ToldInPage> =>
    page.evaluate(`(${STREAM_IN_PAGE})(${JSON.stringify(options)})`);

  it('receives the same messages as Node', async () => {
    const whole = await tell(createStream({ url: `ws://${server.http}`, ...OPTIONS }), SPEECH, () => undefined);
    const { messages } = await inPage({ url: `ws://${server.http}`, options: OPTIONS, pauseMs: 0 });
    assert.deepEqual(storyOf(messages), storyOf(whole));
  });

  it('resumes when its connection is cut, and receives the same messages', async () => {
    const whole = await tell(createStream({ url: `ws://${server.http}`, ...OPTIONS }), SPEECH, () => undefined);
    let left = SPEECH.length / 3;
    proxy.onPass = (direction, bytes) => {
      if (direction === 'down') return false;
      left -= bytes.length;
      if (left > 0) return false;
      left = SPEECH.length / 3;
      return true;
    };
    const { messages, reconnected } = await inPage({ url: `ws://${proxy.address}`, options: OPTIONS, pauseMs: 1 });
    proxy.onPass = null;
    assert.deepEqual(storyOf(messages), storyOf(whole));
    assert.ok(reconnected.length > 0 && reconnected.every(({ resumed }) => resumed));
  });

  for (const [what, options, code] of [
    ['headers, which no browser can send', { url: 'ws://127.0.0.1:9', headers: {} }, 'bad_request'],
    ['no server', { url: 'ws://127.0.0.1:9' }, 'connect_failed'],
    ['no server, whatever is null', { url: 'ws://127.0.0.1:9', headers: null, token: null }, 'connect_failed'],
    ['no address', { url: 'ftp://x' }, 'bad_request'],
  ] as const)
    it(`reports ${code} for ${what}`, async () => {
      const told = await page.evaluate(
        `import('/browser.js').then(({ openStream }) => openStream(${JSON.stringify({ ...OPTIONS, ...options })})).then(String, ({ code }) => code)`,
      );
      assert.equal(told, code);
    });
});
