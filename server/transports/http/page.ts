import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';

/** The folder of the page as built from `server/page/`. */
const PAGE = new URL('../../page/served/', import.meta.url);
/** The folder of sample calls, which is among the sources, not in the build. */
const SAMPLES = new URL('../../../../samples/', import.meta.url);

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
  wav: 'audio/wav',
};

/** The page's own files and its sample calls, by path: no other file is ever read for a client. */
const FILES: Readonly<Record<string, URL>> = {
  '/': new URL('index.html', PAGE),
  '/operations': new URL('operations.html', PAGE),
  ...at('/', PAGE, 'page.css', 'live.css', 'live-below.css', 'operations.css', 'uplot.css', 'earshot.svg'),
  ...at('/', PAGE, 'live.js', 'operations.js', 'shared.js', 'microphone-worklet.js'),
  ...at('/samples/', SAMPLES, 'balance-16k.wav', 'freeze-card-8k-mulaw.wav', 'call-stereo-8k-mulaw.wav'),
};

function at(path: string, folder: URL, ...names: readonly string[]): Record<string, URL> {
  return Object.fromEntries(names.map((name) => [path + name, new URL(name, folder)]));
}

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
];

const HEADERS = {
  'Content-Security-Policy': POLICY.join('; '),
  'Permissions-Policy': 'microphone=(self)',
  'Cache-Control': 'no-cache',
};

/** Answers with a file of the live page; false when `path` is none of them. */
export const servePage = async (path: string, response: ServerResponse): Promise<boolean> => {
  const file = Object.hasOwn(FILES, path) ? FILES[path] : undefined;
  if (!file) return false;
  const content = await readFile(file);
  const type = TYPES[file.pathname.slice(file.pathname.lastIndexOf('.') + 1)]!;
  response.writeHead(200, { ...HEADERS, 'Content-Type': type }).end(content);
  return true;
};
