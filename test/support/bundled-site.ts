import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, extname, join } from 'node:path';
import { build } from 'tsdown';
import { SDK } from '../client-sdk/client-package.js';

/** A page as a user of the SDK would serve it, from an origin of its own. */
export interface Site {
  readonly address: string;
  close(): void;
}

const TYPES: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.css': 'text/css', '.html': 'text/html' };

/** Bundles a program with the SDK's sources, and serves it as `main.js` together with the other files of its page. */
export async function bundledSite(program: string, others: readonly string[]): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-site-'));
  await build({
    config: false,
    entry: { main: program },
    outDir: folder,
    tsconfig: join(SDK, 'examples/browser-bot/tsconfig.json'),
    platform: 'browser',
    dts: false,
    deps: { alwaysBundle: [/./], onlyBundle: false },
    outExtensions: () => ({ js: '.js' }),
    logLevel: 'error',
  });
  const files = new Map([join(folder, 'main.js'), ...others].map((file) => [`/${basename(file)}`, file]));
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const file = files.get(pathname === '/' ? '/index.html' : pathname);
    response.writeHead(file === undefined ? 204 : 200, { 'content-type': TYPES[extname(file ?? '')] ?? 'text/plain' });
    response.end(file === undefined ? '' : readFileSync(file, 'utf8').replace('main.ts', 'main.js'));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () => {
      server.close();
      rmSync(folder, { recursive: true });
    },
  };
}
