// Compiles everything into dist/, then places what the compiler does not carry: generated codecs and the page's files.
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('.', import.meta.url));
execFileSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, '-p', root], { stdio: 'inherit' });
for (const folder of ['proto/generated', 'server/transports/http/page']) {
  if (existsSync(root + folder)) cpSync(root + folder, `${root}dist/${folder}`, { recursive: true });
}
const command = `${root}dist/server/cli/earshot.js`;
if (existsSync(command)) chmodSync(command, 0o755);
