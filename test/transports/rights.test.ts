import assert from 'node:assert/strict';
import { status } from '@grpc/grpc-js';
import { shelfOf, sayingBalance } from '../support/contexts.js';
import { bearer, handshake, knock } from '../support/knocking.js';
import { Drawer, entry, eventually, randomKey } from '../support/key-files.js';
import { grpcClient, metadataOf, START } from '../support/raw-clients.js';
import { serveScripted, type ScriptedServer } from '../support/scripted-server.js';
import { babble, pcm16 } from '../support/tones.js';

/** Two seconds of audio. */
const SPEECH = pcm16(babble(2, 4));
const RAW = '/v1/classify?encoding=pcm_s16le&sample_rate=16000';

describe('The rights of a key', () => {
  const drawer = new Drawer();
  const [one, five, bound, choosy] = [randomKey(), randomKey(), randomKey(), randomKey()];
  let server: ScriptedServer;
  before(async () => {
    const models = shelfOf(sayingBalance);
    const [first] = models.all;
    models.place([first!, { ...first!, card: { ...first!.card, name: 'second' } }], null);
    const keys = [
      entry(one, { name: 'one', max_streams: 1 }),
      entry(five, { name: 'five', audio_seconds_per_hour: 5 }),
      entry(bound, { name: 'bound', models: ['second'] }),
      entry(choosy, { name: 'choosy', models: ['second', 'scripted', 'second'] }),
    ];
    server = await serveScripted({ models }, { keysFile: drawer.put('keys.json', { keys }) });
  });
  after(async () => {
    await server.close();
    drawer.clear();
  });

  const classify = async (key: string, query = ''): Promise<[number, string?]> => {
    const response = await fetch(`http://${server.http}${RAW}${query}`, {
      method: 'POST',
      body: Buffer.from(SPEECH),
      ...bearer(key),
    });
    const { error } = (await response.json()) as { error?: { code: string } };
    return error ? [response.status, error.code] : [response.status];
  };

  const streamOverGrpc = (key: string, start: object): Promise<number> =>
    new Promise((resolve) => {
      const client = grpcClient(server);
      const call = client.StreamIntents(metadataOf(bearer(key).headers ?? {}));
      call.on('data', () => undefined).on('error', () => undefined);
      call.on('status', ({ code }) => {
        client.close();
        resolve(code);
      });
      call.write({ start });
      call.write({ close: {} });
    });

  it('limit it to one stream over all wires together, when one is its limit', async () => {
    const opened = await knock(`ws://${server.http}`, bearer(one));
    assert.equal(await handshake(server, bearer(one)), 429);
    assert.equal(await streamOverGrpc(one, { audio: START.audio }), status.RESOURCE_EXHAUSTED);
    assert.deepEqual(await classify(one), [429, 'too_many_sessions']);
    opened.socket.close();
    await eventually(async () => (await streamOverGrpc(one, { audio: START.audio })) === 0);
    assert.deepEqual(await classify(one), [200]);
  });

  it('limit its audio within an hour, streamed or not', async () => {
    const opened = await knock(`ws://${server.http}`, bearer(five));
    opened.socket.send(JSON.stringify(START));
    opened.socket.send(SPEECH);
    await eventually(() => opened.messages.length > 0);
    assert.deepEqual(await classify(five), [200]);
    assert.deepEqual(await classify(five), [429, 'rate_exceeded']);
    opened.socket.send(SPEECH);
    assert.equal(await opened.end, 4429);
    assert.equal(opened.messages.at(-1)?.code, 'rate_exceeded');
  });

  it('limit it to the models that are named, on every route, the first of them by default', async () => {
    const listed = async (key: string) => {
      const answer = await fetch(`http://${server.http}/v1/models`, bearer(key));
      const { models } = (await answer.json()) as { models: { name: string; is_default: boolean }[] };
      return models.map(({ name, is_default }) => [name, is_default]);
    };
    assert.deepEqual(await listed(bound), [['second', true]]);
    assert.deepEqual(await listed(choosy), [
      ['second', true],
      ['scripted', false],
    ]);
    assert.deepEqual(await classify(bound), [200]);
    assert.deepEqual(await classify(bound, '&model=scripted'), [403, 'permission_denied']);
    assert.equal(await streamOverGrpc(bound, { audio: START.audio, model: 'scripted' }), status.PERMISSION_DENIED);
    const opened = await knock(`ws://${server.http}`, bearer(bound));
    opened.socket.send(JSON.stringify({ ...START, model: 'scripted' }));
    assert.equal(await opened.end, 4403);
  });
});
