import assert from 'node:assert/strict';
import { credentials, loadPackageDefinition, status, type ServiceError } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { protoPath } from 'grpc-health-check';
import { MAX_RECORDING_BYTES } from '../../proto/limits.js';
import { grpcClient, serviceIn, START, TALKS, until } from '../support/raw-clients.js';
import { serveScripted, type ScriptedServer } from '../support/scripted-server.js';
import { babble, pcm16 } from '../support/tones.js';

const SPEECH = pcm16(babble(3, 4));
const RAW = { audio: { encoding: 'pcm_s16le', sample_rate: 16_000, channels: 1 }, content: SPEECH };

describe('The gRPC service', () => {
  let server: ScriptedServer;
  before(async () => {
    server = await serveScripted();
  });
  after(() => server.close());

  const classify = (request: object): Promise<{ problem: ServiceError | null; response?: Record<string, unknown> }> =>
    new Promise((resolve) => {
      const client = grpcClient(server);
      client.Classify(request, (problem, response) => {
        client.close();
        resolve({ problem, response });
      });
    });

  it('classifies raw audio in one call', async () => {
    const { response } = await classify({ raw: RAW });
    assert.deepEqual([response?.intent, response?.audio_ms, response?.model], ['balance', 3000, 'scripted']);
  });

  const BAD: readonly (readonly [string, object, status, RegExp])[] = [
    ['nothing to classify', {}, status.INVALID_ARGUMENT, /wav or raw/],
    ['a WAV that is none', { wav: Buffer.from('nothing') }, status.INVALID_ARGUMENT, /RIFF/],
    ['an unknown model', { raw: RAW, model: 'nosuch' }, status.NOT_FOUND, /nosuch/],
    [
      'a bad rate',
      { raw: { ...RAW, audio: { ...RAW.audio, sample_rate: 1 } } },
      status.INVALID_ARGUMENT,
      /sample_rate 1/,
    ],
  ];
  for (const [name, request, code, sentence] of BAD)
    it(`refuses ${name}`, async () => {
      const { problem } = await classify(request);
      assert.equal(problem?.code, code);
      assert.match(problem.details, sentence);
      assert.equal(problem.metadata.get('earshot-code').length, 1);
    });

  for (const [what, length] of [
    ['a byte longer than a recording may be', MAX_RECORDING_BYTES + 1],
    ['longer than any message may be', MAX_RECORDING_BYTES + 2 ** 21],
  ] as const)
    it(`refuses a recording that is ${what}, as HTTP does`, async () => {
      for (const request of [{ wav: Buffer.alloc(length) }, { raw: { ...RAW, content: Buffer.alloc(length) } }]) {
        const { problem } = await classify(request);
        assert.equal(problem?.code, status.RESOURCE_EXHAUSTED);
        assert.deepEqual(problem.metadata.get('earshot-code'), ['message_too_large']);
        assert.match(problem.details, /^a recording may have 33554432 bytes/);
      }
    });

  it('sends an error before it ends a stream for a message that is longer than any may be', async () => {
    for (const steps of [[], [START, until('ready')]]) {
      const { messages, end } = await TALKS.grpc(server, [...steps, new Uint8Array(MAX_RECORDING_BYTES + 2 ** 21)]);
      assert.deepEqual([messages.at(-1)?.type, messages.at(-1)?.code], ['error', 'message_too_large']);
      assert.equal(end, status.RESOURCE_EXHAUSTED);
    }
    assert.equal(server.reception.heldCount, 0);
  });

  it('lists the models', async () => {
    const client = grpcClient(server);
    const models = await new Promise<{ models: { name?: string }[] }>((resolve, reject) =>
      client.ListModels({}, (problem, response) => (problem ? reject(problem) : resolve(response))),
    );
    client.close();
    assert.deepEqual(
      models.models.map(({ name }) => name),
      ['scripted'],
    );
  });

  it('takes the half-close of a call as close', async () => {
    const client = grpcClient(server);
    const call = client.StreamIntents();
    const types: unknown[] = [];
    call.on('data', (message: { message: string }) => types.push(message.message));
    call.write({ start: { audio: START.audio } });
    call.write({ audio: SPEECH });
    call.end();
    const { code } = await new Promise<{ code: status }>((resolve) => call.on('status', resolve));
    client.close();
    assert.deepEqual([types[0], types.at(-1), code], ['ready', 'closed', status.OK]);
  });

  it('forgets a call that its client cancels', async () => {
    const client = grpcClient(server);
    const call = client.StreamIntents();
    call.on('error', () => undefined);
    call.write({ start: { audio: START.audio } });
    await new Promise((resolve) => call.once('data', resolve));
    assert.equal(server.reception.count, 1);
    call.cancel();
    while ((server.reception.count as number) > 0) await sleep(2);
    client.close();
  });

  it('answers the standard health check, for the whole server and for its service, as it is told', async () => {
    const Health = serviceIn(
      loadPackageDefinition(loadSync(protoPath, { enums: String })),
      'grpc.health.v1.Health',
    ) as new (
      address: string,
      channel: object,
    ) => {
      Check(request: object, callback: (problem: unknown, response: { status: string }) => void): void;
      close(): void;
    };
    const client = new Health(server.grpc, credentials.createInsecure());
    const check = (service: string) =>
      new Promise((resolve) => client.Check({ service }, (_, response) => resolve(response.status)));
    for (const [isServing, told] of [
      [null, 'NOT_SERVING'],
      [true, 'SERVING'],
      [false, 'NOT_SERVING'],
    ] as const) {
      if (isServing !== null) server.setServing(isServing);
      for (const service of ['', 'earshot.v1.IntentService']) assert.equal(await check(service), told);
    }
    client.close();
  });

  it('describes itself to a reflection client', async () => {
    const folder = dirname(createRequire(import.meta.url).resolve('@grpc/reflection/package.json'));
    const definition = loadSync(join(folder, 'build/proto/grpc/reflection/v1/reflection.proto'), { keepCase: true });
    const Reflection = serviceIn(loadPackageDefinition(definition), 'grpc.reflection.v1.ServerReflection') as new (
      address: string,
      channel: object,
    ) => { ServerReflectionInfo(): NodeJS.ReadWriteStream & { write(message: object): void }; close(): void };
    const client = new Reflection(server.grpc, credentials.createInsecure());
    const call = client.ServerReflectionInfo();
    const answer = new Promise<{ list_services_response: { service: { name: string }[] } }>((resolve) =>
      call.on('data', resolve),
    );
    call.write({ list_services: '*' });
    const names = (await answer).list_services_response.service.map(({ name }) => name);
    call.end();
    client.close();
    assert.ok(names.includes('earshot.v1.IntentService') && names.includes('grpc.health.v1.Health'), String(names));
  });

  it('refuses a second start', async () => {
    const told = await TALKS.grpc(server, [START, START]);
    assert.equal(told.end, status.INVALID_ARGUMENT);
  });
});
