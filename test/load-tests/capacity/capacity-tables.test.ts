import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../../load-tests/bench/ingress.js';
import { capacityTables } from '../../../load-tests/capacity/capacity-tables.js';
import { readMeasured } from '../../../load-tests/capacity/measured.js';

describe('docs/capacity.md', () => {
  const measured = readFileSync(join(ROOT, 'docs/bench.json'), 'utf8');

  it('shows the tables that its measurements give', () => {
    const page = readFileSync(join(ROOT, 'docs/capacity.md'), 'utf8');
    assert.ok(page.includes(capacityTables(readMeasured(measured))), 'npm run capacity would change it');
  });

  it('takes no measurements without the costs of our server', () => {
    const without = JSON.stringify({ ...(JSON.parse(measured) as object), costs: null });
    assert.throws(() => readMeasured(without), /not the JSON of a whole npm run bench: costs: /);
  });
});
