// Assembles the loops in WebAssembly, NAME.wat, into NAME-module.ts: `npm run wasm`. A test checks that the two agree.
import { Buffer } from 'node:buffer';
import { readFileSync, writeFileSync } from 'node:fs';
import loadWabt from 'wabt';

const NAMES = ['polyphase', 'samples'];

const here = (name) => new URL(name, import.meta.url);

/** The WebAssembly module that NAME.wat says, in base64. */
export const assembled = async (name) => {
  const wabt = await loadWabt();
  const source = wabt.parseWat(`${name}.wat`, readFileSync(here(`${name}.wat`), 'utf8'), { simd: true });
  return Buffer.from(source.toBinary({}).buffer).toString('base64');
};

if (process.argv[1] === new URL(import.meta.url).pathname) {
  for (const name of NAMES) {
    const text = `// Assembled from ${name}.wat by \`npm run wasm\`; not edited.\nexport const ${name.toUpperCase()}_MODULE =\n  '${await assembled(name)}';\n`;
    writeFileSync(here(`${name}-module.ts`), text);
  }
}
