import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { metric } from '../chaos/chaos.js';
import { packagesFolder, writeEcho } from '../support/echo-versions.js';
import { serveProcess, type ServerProcess } from '../support/earshot-command.js';
import { CLOSE, START, TALKS, until, type Step, type WireMessage } from '../support/raw-clients.js';
import { babble, pcm16 } from '../support/tones.js';

const SPEECH = pcm16(babble(4, 21));

const versionOf = ({ model }: WireMessage): unknown => (model as { version: string }).version;

/** The labels in the scores of the messages of a stream. */
const labelsIn = (messages: readonly WireMessage[]): Set<string> =>
  new Set(messages.flatMap(({ scores }) => ((scores ?? []) as { label: string }[]).map(({ label }) => label)));

describe('A server whose model package is changed while it runs', function () {
  this.timeout(60_000);
  let folder: string;
  let server: ServerProcess;
  beforeEach(async () => {
    folder = packagesFolder();
    writeEcho(folder, '1.0.0', 40);
    server = await serveProcess(['--models', folder]);
  });
  afterEach(async () => {
    assert.equal(await server.stop('SIGTERM'), 0);
    rmSync(folder, { recursive: true });
  });

  const reloads = (outcome: string) => metric(server, `earshot_model_reloads_total{outcome="${outcome}"}`);

  const reloaded = async (outcome: string, times: number) => {
    while ((await reloads(outcome)) < times) await sleep(20);
  };

  it('gives the new version to new streams, and lets old ones finish with theirs', async () => {
    const change: Step = async () => {
      writeEcho(folder, '2.0.0', 30);
      await reloaded('loaded', 1);
      const { messages } = await TALKS['ws-json'](server, [START, SPEECH, CLOSE]);
      assert.equal(versionOf(messages[0]!), '2.0.0');
      assert.ok([...labelsIn(messages)].every((label) => !label.endsWith('1.0.0')));
    };
    const { messages, end } = await TALKS['ws-json'](server, [START, SPEECH, until('intent'), change, SPEECH, CLOSE]);
    assert.deepEqual([versionOf(messages[0]!), end, messages.at(-1)?.gap_ms], ['1.0.0', 1000, 0]);
    const labels = [...labelsIn(messages)];
    assert.ok(labels.length > 1 && labels.every((label) => !label.endsWith('2.0.0')), labels.join());
    while ((await metric(server, 'earshot_models_retiring')) > 0) await sleep(20);
    const text = await (await fetch(`http://${server.http}/metrics`)).text();
    assert.match(text, /earshot_model_info\{model="echo",version="2.0.0",provider="cpu"\} 1/);
    assert.doesNotMatch(text, /version="1.0.0"/);
  });

  it('reloads on SIGHUP', async () => {
    server.child.kill('SIGHUP');
    await reloaded('loaded', 1);
    assert.match(server.log(), /the models were reloaded/);
  });

  it('refuses a broken package, names the file, and serves the old version', async () => {
    writeFileSync(join(folder, 'echo', 'model.onnx'), 'no graph');
    await reloaded('refused', 1);
    assert.match(server.log(), /echo\/model\.onnx.*has SHA-256/);
    assert.equal((await fetch(`http://${server.http}/readyz`)).status, 200);
    const { messages } = await TALKS['ws-json'](server, [START, SPEECH, CLOSE]);
    assert.equal(versionOf(messages[0]!), '1.0.0');
    writeEcho(folder, '2.0.0', 30);
    await reloaded('loaded', 1);
  });
});
