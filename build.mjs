// Compiles everything into dist/, then places what the compiler does not carry: generated codecs and the browser's page.
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundlePage } from './server/page/bundle.mjs';

const root = fileURLToPath(new URL('.', import.meta.url));
execFileSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, '-p', root], { stdio: 'inherit' });
cpSync(`${root}proto/generated`, `${root}dist/proto/generated`, { recursive: true });
await bundlePage();
chmodSync(`${root}dist/server/cli/earshot.js`, 0o755);
