import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { inRepository } from '../../support/repository.js';

const run = (program: 'capacity' | 'bench', ...args: string[]) => {
  const path = fileURLToPath(new URL(`../../../load-tests/${program}.js`, import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [path, ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
};

const OTHER_JSON = inRepository('tsconfig.json');
const WITHOUT_PLACE = inRepository('LICENSE');

describe('npm run capacity', () => {
  for (const [name, args, complaint] of [
    ['a file that is not there', ['/nosuch.json'], /\/nosuch\.json: ENOENT/],
    ['a file that is no JSON', [WITHOUT_PLACE], /LICENSE: .*JSON/],
    ['a file of something else', [OTHER_JSON], /tsconfig\.json: not the JSON of a whole npm run bench/],
  ] as const)
    it(`says in one line what is wrong with ${name}`, () => {
      const { status, stdout, stderr } = run('capacity', ...args);
      assert.deepEqual([status, stdout], [1, '']);
      assert.match(stderr, /^error: [^\n]*\n$/);
      assert.match(stderr, complaint);
    });
});

describe('npm run bench', () => {
  for (const [flag, value] of [
    ['--rounds', 'Infinity'],
    ['--rounds', '2.5'],
    ['--seconds', 'Infinity'],
  ] as const)
    it(`does not begin with ${flag} ${value}`, () => {
      // Without an error it would measure for minutes, or without end.
      const { status, stderr } = run('bench', flag, value, '--only', 'nosuch');
      assert.equal(status, 1);
      assert.match(stderr, new RegExp(`option '${flag} <n>' argument '${value}' is invalid`));
    });
});
