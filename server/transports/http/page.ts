import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';

const FOLDER = new URL('./page/', import.meta.url);

/** The page's own files: nothing else is ever read for a client. */
const FILES: Readonly<Record<string, { readonly file: string; readonly type: string }>> = {
  '/': { file: 'index.html', type: 'text/html; charset=utf-8' },
  '/page.js': { file: 'page.js', type: 'text/javascript; charset=utf-8' },
  '/microphone.js': { file: 'microphone.js', type: 'text/javascript; charset=utf-8' },
  '/page.css': { file: 'page.css', type: 'text/css; charset=utf-8' },
};

const HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-cache',
};

/** Answers with a file of the live page; false when `path` is none of them. */
export const servePage = async (path: string, response: ServerResponse): Promise<boolean> => {
  const entry = Object.hasOwn(FILES, path) ? FILES[path] : undefined;
  if (!entry) return false;
  const content = await readFile(fileURLToPath(new URL(entry.file, FOLDER)));
  response.writeHead(200, { ...HEADERS, 'Content-Type': entry.type }).end(content);
  return true;
};
