import assert from 'node:assert/strict';
import { ignoredVariables } from '../server/config.js';
import { earshot } from './support/earshot-command.js';

const PORTS = { EARSHOT_PORT: '0', EARSHOT_GRPC_PORT: '0' };

describe('A variable that looks like a setting', function () {
  this.timeout(60_000);
  const NEAREST: Readonly<Record<string, string | null>> = {
    QUEUE_LIMT: 'QUEUE_LIMIT',
    IDLE_TIMEOUT: 'IDLE_TIMEOUT_MS',
    LOGLEVEL: 'LOG_LEVEL',
    PROT: 'PORT',
    API_KEY: 'API_KEYS',
    SERVICE_HOST: null,
    PORT_8080_TCP_ADDR: null,
    X: null,
  };
  for (const [name, meant] of Object.entries(NEAREST))
    it(`is reported as no setting, with the nearest one if there is any: ${name}`, () => {
      const nearest = meant === null ? '' : `: the nearest is EARSHOT_${meant}`;
      assert.deepEqual(ignoredVariables({ [`EARSHOT_${name}`]: 'hunter2' }), [
        `EARSHOT_${name} is no setting and is ignored${nearest}`,
      ]);
    });

  it('is not reported when it is a setting, or belongs to another command or program', () => {
    const others = { EARSHOT_KEY: 'k', PATH: '/bin', QUEUE_LIMT: '5' };
    assert.deepEqual(ignoredVariables({ EARSHOT_QUEUE_LIMIT: '5', EARSHOT_API_KEYS: 'k', ...others }), []);
  });

  it('is reported by serve in its log', async () => {
    const served = await earshot(['serve'], undefined, {
      EARSHOT_MODELS: '/nosuch',
      EARSHOT_QUEUE_LIMT: '5',
      ...PORTS,
    });
    const lines = served.err.split('\n').filter((line) => line.includes('EARSHOT_QUEUE_LIMT'));
    assert.deepEqual(
      lines.map((line) => JSON.parse(line) as { level: number; msg: string }).map(({ level, msg }) => [level, msg]),
      [[40, 'EARSHOT_QUEUE_LIMT is no setting and is ignored: the nearest is EARSHOT_QUEUE_LIMIT']],
    );
  });
});
