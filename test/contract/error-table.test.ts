import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import { WebSocket } from 'ws';
import { ERROR_CODES, type ErrorCode } from '../../server/domain/error-code.js';
import { milliseconds } from '../../server/domain/units.js';
import { ERROR_CODES as WIRE_CODES, isRetryable } from '../../proto/error-code.js';
import { statusOf } from '../../server/transports/http/status-codes.js';
import type { Classify } from '../../server/domain/outcome.js';
import { sayingBalance, sessionLimits, shelfOf } from '../support/contexts.js';
import { classified } from '../support/outcomes.js';
import { CLOSE, START, TALKS, until, type Step, type Told } from '../support/raw-clients.js';
import { rawSocket } from '../support/raw-socket.js';
import { inRepository } from '../support/repository.js';
import { serveScripted, type ScriptedServer } from '../support/scripted-server.js';
import { babble, pcm16 } from '../support/tones.js';

/** The table of the protocol, written down a second time, by hand. */
const TABLE: Readonly<Record<ErrorCode, { readonly ws: number; readonly grpc: status; readonly http: number | null }>> =
  {
    bad_request: { ws: 4400, grpc: status.INVALID_ARGUMENT, http: 400 },
    unauthenticated: { ws: 4401, grpc: status.UNAUTHENTICATED, http: 401 },
    permission_denied: { ws: 4403, grpc: status.PERMISSION_DENIED, http: 403 },
    model_not_found: { ws: 4404, grpc: status.NOT_FOUND, http: 404 },
    start_timeout: { ws: 4408, grpc: status.DEADLINE_EXCEEDED, http: null },
    idle_timeout: { ws: 4408, grpc: status.DEADLINE_EXCEEDED, http: null },
    message_too_large: { ws: 1009, grpc: status.RESOURCE_EXHAUSTED, http: 413 },
    rate_exceeded: { ws: 4429, grpc: status.RESOURCE_EXHAUSTED, http: 429 },
    too_many_sessions: { ws: 4429, grpc: status.RESOURCE_EXHAUSTED, http: 429 },
    internal: { ws: 4500, grpc: status.INTERNAL, http: 500 },
    overloaded: { ws: 4503, grpc: status.UNAVAILABLE, http: 503 },
    draining: { ws: 4503, grpc: status.UNAVAILABLE, http: 503 },
  };

const PAGE = readFileSync(inRepository('proto/PROTOCOL.md'), 'utf8');
const SPEECH = pcm16(babble(2, 8));
/** How long a caller may say nothing, at the start of a stream and within it. */
const TIME_LIMIT_MS = 300;
const broken: Classify = () => Promise.resolve({ ...classified([1]), logits: null as never });

/** What a client must do to get each code that this server can give; the others need a server that is set up otherwise. */
const PROVOKED: readonly (readonly [ErrorCode, string, readonly Step[]])[] = [
  ['bad_request', 'a rate out of range', [{ ...START, audio: { ...START.audio, sample_rate: 4000 } }]],
  ['model_not_found', 'an unknown model', [{ ...START, model: '../../etc/passwd' }]],
  ['start_timeout', 'nothing said', []],
  ['idle_timeout', 'nothing sent after start', [START]],
  ['message_too_large', 'a message of 8 MiB', [START, until('ready'), new Uint8Array(8 << 20)]],
  ['internal', 'a pipeline that throws', [{ ...START, model: 'broken' }, SPEECH]],
];

const assertRefused = (told: Told, code: ErrorCode, end: number): void => {
  const error = told.messages.at(-1);
  assert.equal(error?.type, 'error', JSON.stringify(told));
  assert.equal(error.code, code);
  assert.equal(error.retryable, isRetryable[code]);
  assert.ok((error.message as string).length > 10 && (error.request_id as string).length > 10);
  assert.equal(told.end, end);
};

describe('The error table', () => {
  let server: ScriptedServer;

  before(async () => {
    const models = shelfOf(sayingBalance);
    const [scripted] = models.all;
    models.place([scripted!, { ...scripted!, card: { ...scripted!.card, name: 'broken' }, classify: broken }], null);
    server = await serveScripted({
      models,
      limits: sessionLimits({ startTimeout: milliseconds(TIME_LIMIT_MS), idleTimeout: milliseconds(TIME_LIMIT_MS) }),
    });
  });
  after(() => server.close());

  it('is the same closed list on the wire and in the server', () => assert.deepEqual(WIRE_CODES, ERROR_CODES));

  for (const code of ERROR_CODES) {
    const { ws, grpc, http } = TABLE[code];
    it(`is the same in the protocol's page for ${code}`, () => {
      const row = new RegExp(`^\\| \`${code}\` \\| (?:yes|no) \\| (\\S+) \\| (\\S+) \\| (\\S+) \\|`, 'm').exec(PAGE);
      assert.deepEqual(row?.slice(1), [String(ws), status[grpc], String(http ?? '–')]);
    });

    if (http !== null) it(`maps ${code} to its HTTP status`, () => assert.equal(statusOf(code), http));
  }

  it('has no HTTP status for the time limits of streams: a recording may take longer to come', async () => {
    const raw = await rawSocket(server.http);
    const target = '/v1/classify?encoding=pcm_s16le&sample_rate=16000';
    raw.socket.write(`POST ${target} HTTP/1.1\r\nHost: x\r\nContent-Length: ${SPEECH.length}\r\n\r\n`);
    for (const half of [SPEECH.subarray(0, 1_000), SPEECH.subarray(1_000)]) {
      await sleep(2 * TIME_LIMIT_MS);
      raw.socket.write(half);
    }
    await raw.until((received) => received.includes('"intent"'));
    assert.match(raw.received().toString(), /^HTTP\/1\.1 200 /);
    raw.close();
  });

  for (const [wire, talk] of Object.entries(TALKS)) {
    for (const [code, name, steps] of PROVOKED)
      it(`answers ${name} with ${code} over ${wire}`, async () => {
        const end = wire === 'grpc' ? TABLE[code].grpc : TABLE[code].ws;
        assertRefused(await talk(server, steps), code, end);
      });

    it(`leaves other streams undisturbed while one is refused over ${wire}`, async () => {
      const quiet = talk(server, [START, SPEECH, until('intent'), CLOSE]);
      await talk(server, [{ type: 'start' }]);
      const { messages } = await quiet;
      assert.equal(messages.at(-1)?.type, 'closed');
    });

    it(`gives each code of the list its own close over ${wire}`, async () => {
      for (const code of ERROR_CODES) {
        const one = await serveScripted();
        Object.defineProperty(one.reception, 'refusal', { get: () => null });
        one.reception.receive = (caller) => {
          const refused = { code, message: `provoked ${code}` };
          caller.messages.subscribe();
          caller.send({ kind: 'error', requestId: 'request-id-1', ...refused }, 1);
          caller.end({ kind: 'refused', ...refused });
        };
        assertRefused(await talk(one, []), code, wire === 'grpc' ? TABLE[code].grpc : TABLE[code].ws);
        await one.close();
      }
    });
  }

  it('refuses the handshake when no stream would be admitted', async () => {
    const full = await serveScripted({ maxSessions: 1 });
    const first = new WebSocket(`ws://${full.http}/v1/stream`);
    await new Promise((resolve) => first.once('open', resolve));
    assert.equal((await TALKS['ws-json'](full, [])).status, 429);
    assertRefused(await TALKS.grpc(full, []), 'too_many_sessions', status.RESOURCE_EXHAUSTED);
    first.terminate();
    void full.reception.drain(milliseconds(0));
    assert.equal((await TALKS['ws-json'](full, [])).status, 503);
    assertRefused(await TALKS.grpc(full, []), 'draining', status.UNAVAILABLE);
    await full.close();
  });
});

/** Each is refused over every wire, with a sentence that names the field. */
const BAD_STARTS: readonly (readonly [string, Readonly<Record<string, unknown>>, RegExp])[] = [
  ['no audio', { type: 'start' }, /audio/],
  ['an unknown encoding', { ...START, audio: { ...START.audio, encoding: 'mp7' } }, /audio\.encoding "mp7"/],
  ['a rate too low', { ...START, audio: { ...START.audio, sample_rate: 4000 } }, /audio\.sample_rate 4000 .*8000/],
  [
    'a rate too high',
    { ...START, audio: { ...START.audio, sample_rate: 400_000 } },
    /audio\.sample_rate 400000 .*192000/,
  ],
  ['no channels', { ...START, audio: { ...START.audio, channels: 0 } }, /audio\.channels 0/],
  ['too many channels', { ...START, audio: { ...START.audio, channels: 99 } }, /audio\.channels 99/],
  ['a hop of 5 ms', { ...START, hop_ms: 5 }, /hop_ms 5/],
  ['no scores', { ...START, top_k: 0 }, /top_k 0/],
  ['a threshold above 1', { ...START, threshold: 1.5 }, /threshold 1\.5/],
  ['a silence too short', { ...START, endpointing: { silence_ms: 1 } }, /endpointing\.silence_ms 1/],
  [
    'an utterance too long',
    { ...START, endpointing: { max_utterance_ms: 9e6 } },
    /endpointing\.max_utterance_ms 9000000/,
  ],
  ['a long reference', { ...START, client_reference_id: 'x'.repeat(300) }, /client_reference_id/],
];

const BAD_JSON: readonly (readonly [string, string, RegExp])[] = [
  ['no JSON', '{nope', /JSON/],
  ['an array', '[]', /./],
  ['no type', '{}', /type/],
  ['an unknown type', '{"type":"begin"}', /begin/],
  ['an unknown field', JSON.stringify({ ...START, colour: 1 }), /colour/],
  ['an unknown field inside', JSON.stringify({ ...START, audio: { ...START.audio, bits: 8 } }), /bits/],
  ['a hop below zero', JSON.stringify({ ...START, hop_ms: -1 }), /hop_ms -1/],
  [
    'a rate in words',
    JSON.stringify({ ...START, audio: { ...START.audio, sample_rate: 'fast' } }),
    /sample_rate "fast"/,
  ],
  ['half a channel', JSON.stringify({ ...START, audio: { ...START.audio, channels: 1.5 } }), /channels 1\.5/],
];

describe('A bad start', () => {
  let server: ScriptedServer;
  before(async () => {
    server = await serveScripted();
  });
  after(() => server.close());

  for (const [wire, talk] of Object.entries(TALKS))
    for (const [name, start, sentence] of BAD_STARTS)
      it(`with ${name} is refused over ${wire}, naming it`, async () => {
        const told = await talk(server, [start]);
        assertRefused(told, 'bad_request', wire === 'grpc' ? status.INVALID_ARGUMENT : 4400);
        assert.match(told.messages.at(-1)?.message as string, sentence);
      });

  for (const [name, text, sentence] of BAD_JSON)
    it(`with ${name} is refused over JSON, naming it`, async () => {
      const socket = new WebSocket(`ws://${server.http}/v1/stream`);
      const messages: Record<string, string>[] = [];
      socket.on('message', (received) =>
        messages.push(JSON.parse((received as Buffer).toString()) as Record<string, string>),
      );
      socket.on('open', () => socket.send(text));
      const end = await new Promise((resolve) => socket.on('close', resolve));
      assert.equal(end, 4400);
      assert.match(messages.at(-1)?.message ?? '', sentence);
    });

  it('in the URL is refused, naming the parameter', async () => {
    for (const [query, sentence] of [
      ['encoding=mulaw', /sample_rate/],
      ['encoding=mulaw&sample_rate=8000&speed=2', /speed/],
      ['encoding=mulaw&sample_rate=80', /sample_rate 80/],
    ] as const) {
      const socket = new WebSocket(`ws://${server.http}/v1/stream?${query}`);
      const messages: Record<string, string>[] = [];
      socket.on('message', (received) =>
        messages.push(JSON.parse((received as Buffer).toString()) as Record<string, string>),
      );
      assert.equal(await new Promise((resolve) => socket.on('close', resolve)), 4400);
      assert.match(messages[0]?.message ?? '', sentence);
    }
  });
});
