import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';

const PAGE = new URL('./page/', import.meta.url);
/** Beside the sources, not in the build. */
const SAMPLES = new URL('../../../../samples/', import.meta.url);

const SCRIPT = 'text/javascript; charset=utf-8';

/** The page's own files and its sample calls: nothing else is ever read for a client. */
const FILES: Readonly<Record<string, { readonly file: URL; readonly type: string }>> = {
  '/': { file: new URL('index.html', PAGE), type: 'text/html; charset=utf-8' },
  '/page.css': { file: new URL('page.css', PAGE), type: 'text/css; charset=utf-8' },
  '/page.js': { file: new URL('page.js', PAGE), type: SCRIPT },
  '/view.js': { file: new URL('view.js', PAGE), type: SCRIPT },
  '/recording.js': { file: new URL('recording.js', PAGE), type: SCRIPT },
  '/microphone.js': { file: new URL('microphone.js', PAGE), type: SCRIPT },
  '/samples/balance-16k.wav': { file: new URL('balance-16k.wav', SAMPLES), type: 'audio/wav' },
  '/samples/freeze-card-8k-mulaw.wav': { file: new URL('freeze-card-8k-mulaw.wav', SAMPLES), type: 'audio/wav' },
  '/samples/call-stereo-8k-mulaw.wav': { file: new URL('call-stereo-8k-mulaw.wav', SAMPLES), type: 'audio/wav' },
};

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "media-src 'self' blob:",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
];

const HEADERS = {
  'Content-Security-Policy': POLICY.join('; '),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-cache',
};

/** Answers with a file of the live page; false when `path` is none of them. */
export const servePage = async (path: string, response: ServerResponse): Promise<boolean> => {
  const entry = Object.hasOwn(FILES, path) ? FILES[path] : undefined;
  if (!entry) return false;
  const content = await readFile(fileURLToPath(entry.file));
  response.writeHead(200, { ...HEADERS, 'Content-Type': entry.type }).end(content);
  return true;
};
