import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { chromium } from 'playwright-core';

const VITE = 'vite@7.3.8';
const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.wav': 'audio/wav' };

const INDEX = '<!doctype html><title>page</title><script type="module" src="/main.js"></script>';
const MAIN = `
import { createStream } from '@earshot/client';
window.listen = async (url) => {
  const wav = new Uint8Array(await (await fetch('/call.wav')).arrayBuffer());
  const stream = createStream({ url, audio: { encoding: 'pcm_s16le', sampleRate: 16000 } });
  const finals = [];
  stream.on('intent', ({ status, intent }) => status === 'final' && finals.push(intent));
  for (let at = 44; at < wav.length; at += 3200) await stream.send(wav.subarray(at, at + 3200));
  const { audio_ms } = await stream.close();
  return { finals, audio_ms };
};
`;

/** Builds an empty Vite page with the package that is installed in `folder`, and streams a call from it; null where there is no browser. */
export async function tryVite({ folder, http, sample }) {
  mkdirSync(join(folder, 'public'));
  copyFileSync(sample, join(folder, 'public/call.wav'));
  writeFileSync(join(folder, 'index.html'), INDEX);
  writeFileSync(join(folder, 'main.js'), MAIN);
  const npm = ['--silent', '--no-audit', '--no-fund', '--prefer-offline'];
  execFileSync('npm', ['install', ...npm, VITE], { cwd: folder, stdio: 'inherit' });
  execFileSync('npx', ['--no-install', 'vite', 'build', '--logLevel', 'warn'], { cwd: folder, stdio: 'inherit' });
  if (CHROMIUM === undefined) return null;
  const site = createServer((request, response) => {
    const file = join(folder, 'dist', request.url === '/' ? 'index.html' : request.url);
    if (!existsSync(file)) return response.writeHead(404).end();
    response.setHeader('content-type', TYPES[extname(file)] ?? 'text/plain').end(readFileSync(file));
  });
  await new Promise((resolve) => site.listen(0, '127.0.0.1', resolve));
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${site.address().port}/`);
    await page.waitForFunction('window.listen !== undefined');
    return await page.evaluate(`listen('ws://${http}')`);
  } finally {
    await browser.close();
    site.close();
  }
}
