// Assembles polyphase.wat into polyphase-module.ts: `npm run wasm`. A test checks that the two agree.
import { Buffer } from 'node:buffer';
import { readFileSync, writeFileSync } from 'node:fs';
import loadWabt from 'wabt';

const here = (name) => new URL(name, import.meta.url);

/** The WebAssembly module that polyphase.wat says, in base64. */
export const assembled = async () => {
  const wabt = await loadWabt();
  const source = wabt.parseWat('polyphase.wat', readFileSync(here('polyphase.wat'), 'utf8'), { simd: true });
  return Buffer.from(source.toBinary({}).buffer).toString('base64');
};

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const text = `// Assembled from polyphase.wat by \`npm run wasm\`; not edited.\nexport const POLYPHASE_MODULE =\n  '${await assembled()}';\n`;
  writeFileSync(here('polyphase-module.ts'), text);
}
