import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from 'mocha';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { needs } from './needs.js';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
export const CHROMIUM = PLACES.find((path) => existsSync(path));
export const A_CHROMIUM = `Chromium (looked for ${PLACES.join(', ')})`;

/** A Chromium whose simulated microphone plays a recording in a loop, from its beginning. */
export interface HearingBrowser {
  /** Opens a page; `complaints` collects the errors on its console. */
  open(url: string, options?: BrowserContextOptions): Promise<{ page: Page; complaints: string[] }>;
  close(): Promise<void>;
}

/** Starts Chromium; if there is none, skips the suite and says so. */
export async function hearingBrowser(
  suite: Context,
  heard: { rate: number; samples: Int16Array },
): Promise<HearingBrowser> {
  needs(suite, CHROMIUM, A_CHROMIUM);
  const folder = mkdtempSync(join(tmpdir(), 'earshot-microphone-'));
  const file = join(folder, 'heard.wav');
  writeFileSync(file, wavOf(heard.rate, heard.samples));
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: flags(file) });
  return {
    open: (url, options) => open(browser, url, options),
    close: async () => {
      await browser.close();
      rmSync(folder, { recursive: true });
    },
  };
}

const flags = (file: string): string[] => [
  '--no-sandbox',
  '--use-fake-device-for-media-stream',
  `--use-file-for-fake-audio-capture=${file}`,
  '--autoplay-policy=no-user-gesture-required',
];

async function open(browser: Browser, url: string, options: BrowserContextOptions = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (said) => said.type() === 'error' && complaints.push(said.text()));
  page.on('pageerror', (problem) => complaints.push(String(problem)));
  await page.goto(url);
  return { page, complaints };
}

/** A mono WAV file of 16-bit PCM. */
export function wavOf(rate: number, samples: Int16Array): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + samples.byteLength, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(2 * rate, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(samples.byteLength, 40);
  return Buffer.concat([header, Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength)]);
}
