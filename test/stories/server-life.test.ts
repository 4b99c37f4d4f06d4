import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { CLOSE, START, TALKS, until, type Step, type WireMessage } from '../support/raw-clients.js';
import { childrenOf, earshot, serveProcess, type ServerProcess } from '../support/earshot-command.js';
import { isLinux, needs } from '../support/needs.js';
import { ECHO_MODELS } from '../support/real-server.js';
import { babble, pcm16 } from '../support/tones.js';

const SPEECH = pcm16(babble(4, 21));

const metric = async (server: ServerProcess, name: string): Promise<number> => {
  const text = await (await fetch(`http://${server.http}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
};

const types = (messages: readonly WireMessage[]): unknown[] => messages.map(({ type, status }) => status ?? type);

describe('The life of a server process', () => {
  it('begins with a banner that says where it listens, with which models, on which provider, and what to try next', async () => {
    const server = await serveProcess(['--models', ECHO_MODELS]);
    const { banner } = server;
    for (const part of [
      /http:\/\/127\.0\.0\.1:\d+\//,
      /gRPC +127\.0\.0\.1:\d+/,
      /echo 0\.1\.0 on cpu \(fp32\)/,
      /npx earshot stream samples\//,
    ])
      assert.match(banner, part);
    assert.equal((await fetch(`http://${server.http}/readyz`)).status, 200);
    assert.equal(await server.stop('SIGTERM'), 0);
  });

  for (const [wire, talk] of Object.entries(TALKS))
    it(`drains on SIGTERM over ${wire}: reconnect, the final, closed, exit 0`, async () => {
      const server = await serveProcess(['--models', ECHO_MODELS, '--drain-grace-ms', '300']);
      let exit: Promise<number | null> | null = null;
      const terminate: Step = () => {
        exit = server.stop('SIGTERM');
        return Promise.resolve();
      };
      const told = await talk(server, [START, SPEECH, until('intent'), terminate]);
      assert.deepEqual(types(told.messages).slice(-3), ['final', 'utterance_end', 'closed']);
      assert.ok(types(told.messages).includes('reconnect'));
      assert.equal(told.end, wire === 'grpc' ? 0 : 1001);
      assert.equal(await exit!, 0);
    });

  it('still answers after SIGTERM the recordings that it has taken in', async () => {
    const server = await serveProcess(['--models', ECHO_MODELS, '--drain-grace-ms', '60000']);
    const recording = Buffer.concat(Array.from({ length: 100 }, () => SPEECH));
    const asked = fetch(`http://${server.http}/v1/classify?encoding=pcm_s16le&sample_rate=16000`, {
      method: 'POST',
      body: recording,
    });
    while (!((await metric(server, 'earshot_frames_total{model="echo",outcome="classified"}')) > 0));
    const exit = server.stop('SIGTERM');
    const response = await asked;
    assert.deepEqual([response.status, ((await response.json()) as { audio_ms: number }).audio_ms], [200, 400_000]);
    assert.equal(await exit, 0);
  });

  it('is not ready while it drains', async () => {
    const server = await serveProcess(['--models', ECHO_MODELS, '--drain-grace-ms', '400']);
    const look: Step = async () => {
      server.child.kill('SIGTERM');
      let status = 200;
      while (status === 200) status = (await fetch(`http://${server.http}/readyz`)).status;
      assert.equal(status, 503);
    };
    await TALKS['ws-json'](server, [START, SPEECH, until('intent'), look]);
  });

  for (const isolation of ['process'] as const)
    it(`loses no connection and no audio when a worker ${isolation} is killed, again and again`, async function () {
      needs(this, isLinux, 'Linux');
      const server = await serveProcess(['--models', ECHO_MODELS, '--isolation', isolation, '--workers', '2']);
      const kill: Step = () => {
        const [worker] = childrenOf(server.child.pid!);
        if (worker !== undefined) process.kill(worker, 'SIGKILL');
        return Promise.resolve();
      };
      const steps: Step[] = [START];
      for (let round = 0; round < 3; round++) steps.push(SPEECH, kill, SPEECH, SPEECH);
      const told = await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          TALKS['ws-json'](server, index === 0 ? [...steps, CLOSE] : [START, SPEECH, SPEECH, SPEECH, CLOSE]),
        ),
      );
      for (const { messages, end } of told) {
        const closed = messages.at(-1)!;
        const gaps = messages
          .filter(({ type }) => type === 'gap')
          .reduce((sum, gap) => sum + Number(gap.end_ms) - Number(gap.start_ms), 0);
        assert.deepEqual([closed.type, end, closed.gap_ms], ['closed', 1000, gaps]);
      }
      assert.ok((await metric(server, 'earshot_worker_restarts_total')) >= 1);
      while ((await metric(server, 'earshot_workers_healthy')) < 2) await sleep(20);
      assert.equal((await fetch(`http://${server.http}/readyz`)).status, 200);
      assert.equal(await server.stop('SIGTERM'), 0);
    });

  it('shows in its metrics what it has done', async () => {
    const server = await serveProcess(['--models', ECHO_MODELS, '--workers', '2']);
    await TALKS['ws-json'](server, [START, SPEECH, CLOSE]);
    const text = await (await fetch(`http://${server.http}/metrics`)).text();
    for (const line of [
      'earshot_sessions_opened_total{transport="ws-json"} 1',
      'earshot_sessions_ended_total{transport="ws-json",how="done"} 1',
      'earshot_audio_seconds_total 4',
      'earshot_frames_total{model="echo",outcome="classified"} 7',
      'earshot_sessions 0',
      'earshot_workers_healthy 2',
      'earshot_model_info{model="echo",version="0.1.0",provider="cpu"} 1',
    ])
      assert.ok(text.split('\n').includes(line), `${line} is not in\n${text}`);
    for (const name of [
      'earshot_batch_frames_bucket',
      'earshot_queue_seconds_count',
      'earshot_inference_seconds_sum',
      'earshot_latency_seconds_bucket',
      'earshot_event_loop_delay_seconds',
    ])
      assert.ok(text.includes(name), name);
    await server.stop('SIGTERM');
  });

  it('says so and ends with 1 when its port is taken', async () => {
    const server = await serveProcess(['--models', ECHO_MODELS]);
    const port = server.http.split(':')[1]!;
    const second = await earshot([
      'serve',
      '--models',
      ECHO_MODELS,
      '--provider',
      'cpu',
      '--port',
      port,
      '--log-level',
      'silent',
    ]);
    assert.equal(second.code, 1);
    assert.match(second.err, /EADDRINUSE.*--port/);
    await server.stop('SIGTERM');
  });
});
