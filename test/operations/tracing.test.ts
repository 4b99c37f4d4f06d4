import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { otlpExporter } from '../../server/operations/otlp-exporter.js';
import { createTracing } from '../../server/operations/tracing.js';
import type { StreamConfig } from '../../server/session/caller.js';
import { NOTHING_HEARD } from '../../server/session/running-stream.js';
import { serveProcess } from '../support/earshot-command.js';
import { CLOSE, grpcClient, metadataOf, START, TALKS } from '../support/raw-clients.js';
import { attributesOf, otlpCollector, type OtlpSpan } from '../support/otlp-collector.js';
import { ECHO_MODELS, serveReal } from '../support/real-server.js';
import { babble, pcm16 } from '../support/tones.js';

const SPEECH = pcm16(babble(3, 9));
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';
const TRACEPARENT = `00-${TRACE}-${PARENT}-01`;

const CONFIG = {
  audio: { encoding: 'pcm_s16le', sampleRate: 16_000, channels: 1 },
  model: 'echo',
  hop: 500,
} as unknown as StreamConfig;

const named = (spans: readonly OtlpSpan[], name: string) => spans.filter((span) => span.name === name);
const within = (inner: OtlpSpan, outer: OtlpSpan) =>
  inner.parentSpanId === outer.spanId &&
  BigInt(inner.startTimeUnixNano) >= BigInt(outer.startTimeUnixNano) &&
  BigInt(inner.endTimeUnixNano) <= BigInt(outer.endTimeUnixNano) &&
  BigInt(inner.endTimeUnixNano) >= BigInt(inner.startTimeUnixNano);

/** Streams once over each wire, and once with an error, drains, and returns the collector of the spans. */
const traced = async (settings: { traceFrames: number }) => {
  const collector = await otlpCollector();
  const server = await serveReal({ models: ECHO_MODELS, otlpEndpoint: collector.endpoint, ...settings });
  for (const talk of Object.values(TALKS)) await talk(server, [START, SPEECH, CLOSE]);
  await TALKS['ws-json'](server, [
    { ...START, audio: { ...START.audio, sample_rate: 16_000 } },
    SPEECH,
    { type: 'start' },
  ]);
  await server.running.drain();
  collector.close();
  return collector;
};

describe('Traces', function () {
  this.timeout(60_000);

  describe('of streams whose every frame is traced', () => {
    let collector: Awaited<ReturnType<typeof traced>>;
    let streams: readonly OtlpSpan[];
    before(async () => {
      collector = await traced({ traceFrames: 1 });
      streams = named(collector.spans(), 'earshot.stream');
    });

    it('are sent by OTLP/HTTP, with the name and version of the service', () => {
      assert.deepEqual([...new Set(collector.paths)], ['POST /v1/traces']);
      const resource = attributesOf(collector.requests[0]!.resourceSpans[0]!.resource);
      assert.equal(resource['service.name'], 'earshot');
      assert.match(String(resource['service.version']), /^\d+\.\d+\.\d+$/);
    });

    it('have one span per stream, which says what it was and how it ended', () => {
      const told = streams.map(attributesOf);
      assert.deepEqual(
        told.map((each) => [each['earshot.transport'], each['earshot.end']]),
        [...Object.keys(TALKS).map((wire) => [wire, 'done']), ['ws-json', 'bad_request']],
      );
      for (const each of told) {
        assert.equal(each['earshot.model'], 'echo');
        assert.equal(each['earshot.audio.encoding'], 'pcm_s16le');
        assert.equal(Number(each['earshot.audio.sample_rate']), 16_000);
      }
      for (const each of told.slice(0, 3)) assert.equal(Number(each['earshot.audio_ms']), 3_000);
      assert.deepEqual(
        streams.map(({ status }) => status?.code ?? 0),
        [...Object.keys(TALKS).map(() => 0), 2],
      );
    });

    it('have one span per frame inside its stream, and in it decode, queue, infer and send, one after the other', () => {
      for (const stream of streams.slice(0, 3)) {
        const frames = named(collector.spans(), 'earshot.frame').filter(
          ({ parentSpanId }) => parentSpanId === stream.spanId,
        );
        assert.equal(frames.length, Number(attributesOf(stream)['earshot.frames']));
        for (const frame of frames) {
          assert.equal(frame.traceId, stream.traceId);
          assert.ok(within(frame, stream));
          assert.equal(attributesOf(frame)['earshot.outcome'], 'classified');
          const parts = collector.spans().filter(({ parentSpanId }) => parentSpanId === frame.spanId);
          assert.deepEqual(
            parts.map(({ name }) => name),
            ['decode', 'queue', 'infer', 'send'],
          );
          assert.ok(parts.every((part) => within(part, frame)));
          parts
            .slice(1)
            .forEach((part, index) =>
              assert.ok(BigInt(part.startTimeUnixNano) >= BigInt(parts[index]!.endTimeUnixNano)),
            );
        }
      }
    });
  });

  it('of streams whose frames are not traced have only the spans of streams', async () => {
    const spans = (await traced({ traceFrames: 0 })).spans();
    assert.deepEqual([...new Set(spans.map(({ name }) => name))], ['earshot.stream']);
  });

  it('continue the trace of the caller (W3C Trace Context), over WebSocket and gRPC', async () => {
    const collector = await otlpCollector();
    const server = await serveReal({ models: ECHO_MODELS, otlpEndpoint: collector.endpoint });
    for (const traceparent of [TRACEPARENT, 'nonsense']) {
      const socket = new WebSocket(`ws://${server.http}/v1/stream`, { headers: { traceparent } });
      socket.on('open', () => socket.send(JSON.stringify(START)));
      socket.on('message', () => socket.send(JSON.stringify(CLOSE)));
      await new Promise((resolve) => socket.once('close', resolve));
    }
    const client = grpcClient(server);
    const call = client.StreamIntents(metadataOf({ traceparent: TRACEPARENT }));
    call.on('data', () => call.end());
    call.write({ start: { audio: START.audio } });
    await new Promise((resolve) => call.once('end', resolve));
    client.close();
    await server.running.drain();
    collector.close();
    const [ws, nonsense, grpc] = collector.spans();
    for (const span of [ws!, grpc!]) assert.deepEqual([span.traceId, span.parentSpanId], [TRACE, PARENT]);
    assert.ok(nonsense!.traceId !== TRACE && !nonsense!.parentSpanId);
  });

  const RECEIVERS: Readonly<Record<string, Parameters<typeof otlpCollector>[0] | null>> = {
    'is not there': null,
    'refuses them': (response) => response.writeHead(400).end(),
    'never answers': () => undefined,
  };
  for (const [what, answer] of Object.entries(RECEIVERS))
    it(`disturb no stream when their receiver ${what}`, async () => {
      const collector = await otlpCollector(answer ?? undefined);
      if (answer === null) collector.close();
      const server = await serveReal({ models: ECHO_MODELS, otlpEndpoint: collector.endpoint, traceFrames: 1 });
      const { messages } = await TALKS['ws-json'](server, [START, SPEECH, CLOSE]);
      assert.deepEqual([messages.at(-1)?.type, messages.at(-1)?.gap_ms], ['closed', 0]);
      const startedAt = performance.now();
      await server.running.drain();
      assert.ok(performance.now() - startedAt < 10_000);
      collector.close();
    });

  it('that cannot be sent are counted, and logged once', async () => {
    const collector = await otlpCollector((response) => response.writeHead(400).end());
    const warnings: string[] = [];
    let logged = '';
    let dropped = 0;
    const exporter = otlpExporter({
      endpoint: collector.endpoint.replace('//', '//who:password@'),
      log: {
        warn: (fields, message) => {
          logged += JSON.stringify(fields);
          warnings.push(message);
        },
        info: () => undefined,
      },
      dropped: (spans) => (dropped += spans),
    });
    for (const spans of [1, 2]) {
      const tracing = createTracing({
        exporter: { ...exporter, shutdown: () => Promise.resolve() },
        dropped: (spans) => (dropped += spans),
        frames: 0,
        version: '0',
      });
      for (let each = 0; each < spans; each++)
        tracing.begin({ session: 's', transport: 't', identity: 'i' }, CONFIG, '1').ended('done', NOTHING_HEARD);
      await tracing.close();
    }
    await exporter.shutdown();
    collector.close();
    assert.deepEqual([dropped, warnings], [3, ['traces cannot be sent and are dropped']]);
    assert.ok(logged.includes(`${collector.endpoint}/v1/traces`) && !logged.includes('password'), logged);
  });

  it('that find no room in the queue are counted too', async () => {
    let [dropped, exported] = [0, 0];
    const exporter = {
      export: (spans: readonly unknown[]) => void (exported += spans.length),
      shutdown: () => Promise.resolve(),
    };
    const tracing = createTracing({ exporter, dropped: (spans) => (dropped += spans), frames: 0, version: '0' });
    const SPANS = 10_000;
    for (let each = 0; each < SPANS; each++)
      tracing.begin({ session: 's', transport: 't', identity: 'i' }, CONFIG, '1').ended('done', NOTHING_HEARD);
    await sleep(100);
    assert.ok(dropped > SPANS / 2 && exported < SPANS / 2, `${dropped} dropped, ${exported} exported`);
    assert.ok(SPANS - dropped <= 2_048 + exported);
  });

  it('load nothing of OpenTelemetry without an endpoint', async () => {
    const flags = ['--models', ECHO_MODELS];
    const loaded = async (more: string[]) => {
      const server = await serveProcess([...flags, ...more], { NODE_DEBUG: 'esm,module' });
      await server.stop('SIGTERM');
      return server.log().includes('@opentelemetry/sdk-trace');
    };
    assert.deepEqual([await loaded([]), await loaded(['--otlp-endpoint', 'http://127.0.0.1:9'])], [false, true]);
  });

  it('need an address of http or https', async () => {
    await assert.rejects(serveReal({ otlpEndpoint: 'collector:4318' }), /otlp-endpoint/);
  });
});
