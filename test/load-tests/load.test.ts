import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Result } from '../../load-tests/report/result.js';
import { hearingBrowser, type HearingBrowser } from '../support/chromium.js';
import type { Ran } from '../support/earshot-command.js';
import { ECHO_MODELS } from '../support/real-server.js';

const COMMAND = fileURLToPath(new URL('../../load-tests/load.js', import.meta.url));
const SHORT = ['--streams', '2', '--ramp', '0', '--duration', '1', '--models', ECHO_MODELS];

const load = async (...args: string[]): Promise<Ran> => {
  const child = spawn(process.execPath, [COMMAND, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.on('data', (text: Buffer) => (out += text.toString()));
  child.stderr.on('data', (text: Buffer) => (err += text.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
};

describe('npm run load', function () {
  this.timeout(60_000);
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'earshot-load-'))));
  after(() => rmSync(folder, { recursive: true }));

  it('lists scenarios, flags and exit codes with --help', async () => {
    const { code, out } = await load('--help');
    assert.equal(code, 0);
    for (const word of ['steady', 'slow-readers', '--chunk-ms', '--report', 'Exit codes'])
      assert.ok(out.includes(word));
  });

  for (const [args, complaint] of [
    [['--scenario', 'nothing'], /nothing.*Allowed choices/],
    [['--streams', 'ten'], /'ten'.*whole number of 1–1000000/],
    [['--chunk-ms', '5'], /'5'.*10–1000/],
    [['--url', 'localhost'], /'localhost'.*ws:\/\/host:port/],
    [['--url', 'ws://localhost:99999'], /99999.*ws:\/\/host:port/],
    [['--duration', '0'], /'0'.*seconds, 1–86400/],
    [['--grpc-url', 'far:50051'], /--grpc-url far:50051 is for a server that runs already/],
    [['--scenario', 'first', '--url', 'ws://127.0.0.1:9'], /--scenario first is about a server that has just started/],
    [['--audio', '/nowhere'], /\/nowhere cannot be read/],
    [['--url', 'ws://127.0.0.1:9', '--models', 'm'], /--models and server flags are for a server that is started here/],
  ] as const)
    it(`ends with 2 for ${args.join(' ')}`, async () => {
      const { code, err } = await load(...args);
      assert.equal(code, 2);
      assert.match(err, complaint);
    });

  it('ends with 1 when its server does not start, and passes on the error of that server', async () => {
    const { code, err } = await load('--', '--workers', '0');
    assert.equal(code, 1);
    assert.match(err, /the server did not start: .*workers/s);
  });

  it('ends with 1 when no server answers', async () => {
    const { code, out } = await load('--url', 'ws://127.0.0.1:9', '--streams', '2', '--ramp', '0', '--duration', '1');
    assert.equal(code, 1);
    assert.match(out, /2 × connect ECONNREFUSED/);
  });

  it('speaks gRPC to the host that --url names', async () => {
    const to = ['--url', 'ws://127.0.0.3:9', '--transport', 'grpc'];
    const { code, out } = await load(...to, '--streams', '1', '--ramp', '0', '--duration', '1');
    assert.equal(code, 1);
    assert.match(out, /1 × gRPC status 14: .*127\.0\.0\.3:50051/);
  });

  it('tells the result even where a file cannot be written', async () => {
    const { code, out, err } = await load(
      ...SHORT,
      '--p99',
      '60000',
      '--max-lag',
      '10000',
      '--json',
      '/nowhere/r.json',
    );
    assert.equal(code, 1);
    assert.match(out, /Every target was held/);
    assert.match(err, /\/nowhere\/r\.json/);
  });

  it('ends with 1 when a target is missed', async () => {
    const { code, out } = await load(...SHORT, '--p99', '1', '--max-lag', '10000');
    assert.equal(code, 1);
    assert.match(out, /p99 latency .*≤ 1 ms +MISSED/);
  });

  it('ends with 3 when it was itself later than allowed, even if a target was missed', async () => {
    // No timer of Node is that exact.
    const { code, out } = await load(...SHORT, '--p99', '1', '--max-lag', '0.001');
    assert.equal(code, 3);
    assert.match(out, /The generator was too slow/);
  });

  describe('with a server of its own', () => {
    let ran: Ran;
    let browser: HearingBrowser;
    const file = (name: string): string => join(folder, name);

    before(async function () {
      const written = ['--json', file('result.json'), '--report', file('report.html')];
      const targets = ['--p99', '60000', '--max-lag', '10000'];
      ran = await load('--scenario', 'ramp', ...SHORT, ...targets, ...written, '--', '--max-sessions', '3');
    });

    it('finds the knee that the server was given', () => {
      assert.equal(ran.code, 0, ran.out + ran.err);
      assert.match(ran.out, /most streams that held +3 streams/);
      assert.match(ran.out, /fewest streams that did not +4 streams/);
    });

    it('writes all results as JSON', () => {
      const result = JSON.parse(readFileSync(file('result.json'), 'utf8')) as Result;
      assert.equal(result.scenario, 'ramp');
      assert.equal(result.verdict, 'held');
      assert.deepEqual(
        result.trials.map(({ streams, held }) => [streams, held]),
        [
          [2, true],
          [4, false],
          [3, true],
        ],
      );
      assert.equal(result.figures.frames.answered, result.figures.frames.sent);
      assert.ok(result.figures.server!.cpuMsPerFrame > 0);
    });

    for (const colorScheme of ['light', 'dark'] as const)
      it(`writes a ${colorScheme} page that loads nothing else`, async function () {
        assert.ok(existsSync(file('report.html')));
        browser = await hearingBrowser(this, { rate: 8000, samples: new Int16Array(8000) });
        const { page, complaints } = await browser.open('about:blank', { colorScheme, offline: true });
        const asked: string[] = [];
        page.on('request', (request) => asked.push(request.url()));
        await page.goto(pathToFileURL(file('report.html')).href);
        const charts = await page.locator('figure svg').count();
        const [drawn, wide] = await page.evaluate<[number, number]>(
          `[document.querySelectorAll('path.line[d^=M]').length, document.documentElement.scrollWidth - innerWidth]`,
        );
        const title = await page.title();
        await browser.close();
        assert.equal(title, 'Earshot load test: ramp');
        assert.equal(charts, 8);
        assert.ok(drawn >= charts, `${drawn} lines in ${charts} charts`);
        assert.ok(wide <= 0, `${wide} pixels too wide`);
        assert.deepEqual(complaints, []);
        assert.deepEqual(
          asked.filter((url) => !/^(file|data):/.test(url)),
          [],
        );
      });
  });
});
