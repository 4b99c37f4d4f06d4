// Installs the packed package into empty projects (Node with ESM, Node with CommonJS, a Vite page), and streams speech from each to a real server.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serveProcess } from '../dist/test/support/earshot-command.js';
import { tryVite } from './try-vite.mjs';

const sdk = fileURLToPath(new URL('.', import.meta.url));
const root = fileURLToPath(new URL('..', import.meta.url));
const sample = join(root, 'samples/balance-16k.wav');

const BODY = `
async function main([url, grpcUrl, file]) {
  const { audio, chunks } = await readWav(createReadStream(file));
  const bytes = [];
  for await (const chunk of chunks) bytes.push(chunk);
  for (const [name, open] of [
    ['json', () => openStream({ url, audio })],
    ['protobuf', () => openStream({ url, audio, codec: protobuf })],
    ['grpc', () => grpc.openStream({ url: grpcUrl, audio })],
  ]) {
    const stream = await open();
    await pipe(bytes, stream);
    const totals = await stream.close();
    const finals = [];
    for await (const message of stream) if (message.type === 'intent' && message.status === 'final') finals.push(message.intent);
    console.log(JSON.stringify({ name, finals, audio_ms: totals.audio_ms }));
  }
}
main(process.argv.slice(2));
`;

const NAMES = [
  ['{ openStream }', '@earshot/client'],
  ['{ pipe, readWav }', '@earshot/client/node'],
  ['{ protobuf }', '@earshot/client/protobuf'],
  ['* as grpc', '@earshot/client/grpc'],
  ['{ createReadStream }', 'node:fs'],
];
const PROJECTS = {
  'esm.mjs': NAMES.map(([names, from]) => `import ${names} from '${from}';`).join('\n') + BODY,
  'commonjs.cjs':
    NAMES.map(([names, from]) => `const ${names.replace('* as ', '')} = require('${from}');`).join('\n') + BODY,
};

const folder = mkdtempSync(join(tmpdir(), 'earshot-package-'));
const server = await serveProcess(['--log-level', 'silent']);
try {
  const packed = execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], {
    cwd: sdk,
    encoding: 'utf8',
  }).trim();
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  execFileSync('npm', ['install', '--silent', '--no-audit', '--no-fund', '--prefer-offline', join(folder, packed)], {
    cwd: folder,
    stdio: 'inherit',
  });
  const { http, grpc } = server;
  const told = Object.entries(PROJECTS).map(([file, text]) => {
    writeFileSync(join(folder, file), text);
    const lines = execFileSync(process.execPath, [file, `ws://${http}`, grpc, sample], {
      cwd: folder,
      encoding: 'utf8',
    });
    console.log(`${packed} in ${file}:\n${lines}`);
    return lines
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  });
  const once = await fetch(`http://${http}/v1/classify`, { method: 'POST', body: readFileSync(sample) });
  const { utterances, audio_ms } = await once.json();
  const heard = { finals: utterances.map(({ intent }) => intent), audio_ms };
  assert.ok(heard.finals.length > 0);
  for (const { name, ...streamed } of told.flat()) assert.deepEqual(streamed, heard, name);
  assert.deepEqual(told[0], told[1]);
  console.log('The package works in an empty ESM and in an empty CommonJS project.');
  const inPage = await tryVite({ folder, http, sample });
  if (inPage !== null) assert.deepEqual(inPage, heard);
  console.log(
    inPage === null ? 'No Chromium: the Vite page was built, not opened.' : 'It works in an empty Vite page.',
  );
} finally {
  await server.stop('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
}
