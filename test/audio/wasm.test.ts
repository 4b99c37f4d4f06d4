import assert from 'node:assert/strict';
import { POLYPHASE_MODULE } from '../../server/audio/polyphase-module.js';
import { SAMPLES_MODULE } from '../../server/audio/samples-module.js';

/** A script that is not compiled with the tests. */
const ASSEMBLER = new URL('../../../server/audio/assemble.mjs', import.meta.url).href;

describe('the WebAssembly modules', () => {
  for (const [name, module] of Object.entries({ polyphase: POLYPHASE_MODULE, samples: SAMPLES_MODULE })) {
    it(`include what ${name}.wat assembles to`, async () => {
      const { assembled } = (await import(ASSEMBLER)) as { assembled: (name: string) => Promise<string> };
      assert.equal(module, await assembled(name));
    });
  }
});
