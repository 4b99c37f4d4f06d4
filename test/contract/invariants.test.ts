import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { WebSocket } from 'ws';
import { milliseconds } from '../../server/domain/units.js';
import { fromWire } from '../../server/transports/from-wire.js';
import { toWire } from '../../server/transports/to-wire.js';
import { decodeClientJson } from '../../proto/json.js';
import { Reception } from '../../server/session/reception.js';
import { statelessCard } from '../support/cards.js';
import { contextWith, sessionLimits, shelfOf, silentObserver } from '../support/contexts.js';
import { ManualClock } from '../support/manual-clock.js';
import { MemoryCaller, startRequest } from '../support/memory-caller.js';
import { classified, settled } from '../support/outcomes.js';
import { CLOSE, START, strip, TALKS, type Talk, type WireMessage } from '../support/raw-clients.js';
import { BUNDLED_MODELS, ECHO_MODELS, serveReal, type RealServer } from '../support/real-server.js';
import { serveScripted } from '../support/scripted-server.js';
import { ModelShelf } from '../../server/session/served-model.js';
import { babble, pcm16, randomChunks } from '../support/tones.js';

const MODELS = ['echo', 'echo-stateful'] as const;

/** What the server said about the audio: all but `ready`, without what differs from run to run. */
const said = (messages: readonly WireMessage[]): Record<string, unknown>[] => messages.slice(1).map(strip);

const startOf = (model: string) => ({ ...START, model, endpointing: { silence_ms: 400 } });

describe('The seven invariants', () => {
  let server: RealServer;
  before(async () => {
    server = await serveReal({ models: ECHO_MODELS });
  });
  after(() => server.running.drain());

  const play = async (talk: Talk, model: string, chunks: Iterable<Uint8Array>): Promise<Record<string, unknown>[]> => {
    const told = await talk(server, [startOf(model), ...chunks, CLOSE]);
    assert.equal(told.messages.at(-1)?.type, 'closed', JSON.stringify(told.messages.at(-1)));
    return said(told.messages);
  };

  /** The same stream through a caller in the same process, its messages put into the words of the wire. */
  const playInMemory = async (model: string, audio: Uint8Array): Promise<Record<string, unknown>[]> => {
    const shelf = new ModelShelf();
    shelf.place(server.running.models, model);
    const reception = new Reception(contextWith({ models: shelf }));
    reception.open();
    const caller = new MemoryCaller();
    reception.receive(caller);
    caller.say(
      fromWire(decodeClientJson(JSON.stringify(startOf(model)))),
      { kind: 'audio', bytes: audio },
      { kind: 'close' },
    );
    await caller.story;
    const wire = caller.received.map(({ message, seq }) => toWire(message, seq) as unknown as WireMessage);
    return said(wire).map(rounded);
  };

  for (const model of MODELS) {
    it(`Chunking does not matter (${model})`, async () => {
      const speech = pcm16(babble(5, 11));
      const whole = await play(TALKS['ws-json'], model, [speech]);
      assert.ok(whole.some((message) => message.status === 'final'));
      await fc.assert(
        fc.asyncProperty(fc.nat(), fc.integer({ min: 7, max: 30_000 }), async (seed, longest) => {
          assert.deepEqual(await play(TALKS['ws-json'], model, randomChunks(speech, longest, seed)), whole);
        }),
        { numRuns: 8 },
      );
    });

    it(`Company does not matter (${model})`, async () => {
      const clips = Array.from({ length: 24 }, (_, seed) => pcm16(babble(3, seed)));
      const alone: unknown[] = [];
      for (const clip of clips) alone.push(await play(TALKS['ws-json'], model, [clip]));
      const together = await Promise.all(
        clips.map((clip) => play(TALKS['ws-proto'], model, randomChunks(clip, 9000, 1))),
      );
      assert.deepEqual(together, alone);
    });

    it(`Transport does not matter (${model})`, async () => {
      const speech = pcm16(babble(5, 12));
      const inMemory = await playInMemory(model, speech);
      assert.ok(inMemory.length > 5);
      for (const [wire, talk] of Object.entries(TALKS))
        assert.deepEqual((await play(talk, model, randomChunks(speech, 20_000, 2))).map(rounded), inMemory, wire);
    });

    it(`Order is kept (${model})`, async () => {
      const stereo = pcm16(babble(12, 13));
      const start = { ...startOf(model), audio: { ...START.audio, channels: 2 } };
      const { messages } = await TALKS['ws-json'](server, [start, ...randomChunks(stereo, 5_000, 3), CLOSE]);
      assert.deepEqual(
        messages.map(({ seq }) => seq),
        messages.map((_, index) => index + 1),
      );
      for (const channel of [0, 1]) {
        const ends = messages
          .filter((message) => message.channel === channel && message.status === 'tentative')
          .map(({ end_ms }) => Number(end_ms));
        assert.ok(ends.length > 3);
        assert.deepEqual(
          ends,
          [...ends].sort((a, b) => a - b),
        );
      }
    });
  }

  it('Memory is bounded: a caller that sends as fast as it can is slowed down, and none of its audio is lost', async () => {
    let underWay = 0;
    let most = 0;
    const slow = async () => {
      most = Math.max(most, ++underWay);
      await sleep(1);
      underWay--;
      return classified([3, 0, 0]);
    };
    const shelf = new ModelShelf();
    const { card } = contextWith().models.all[0]!;
    shelf.place([{ card, provider: 'cpu', precision: 'fp32', classify: slow, use: () => () => undefined }], null);
    const scripted = await serveScripted({ models: shelf });
    const minutes = pcm16(babble(120, 14));
    const { messages } = await TALKS['ws-json'](scripted, [START, ...randomChunks(minutes, 100_000, 4), CLOSE]);
    assert.deepEqual([messages.at(-1)?.audio_ms, messages.at(-1)?.gap_ms], [120_000, 0]);
    assert.ok(most <= 2, `${most} frames were under way`);
    await scripted.close();
  });

  it('Memory is bounded: a caller that reads nothing is warned, and loses stale tentative intents but no final', async () => {
    let leftOut = 0;
    const labels = Array.from({ length: 100 }, (_, index) => `a rather long intent ${index}`);
    const card = statelessCard({ labels, background: new Set() });
    const models = shelfOf(() => Promise.resolve(classified(labels.map((_, index) => -index))), card);
    const chatty = await serveScripted({ models, observer: { ...silentObserver, tentativeLeftOut: () => leftOut++ } });
    const socket = new WebSocket(
      `ws://${chatty.http}/v1/stream?encoding=pcm_s16le&sample_rate=16000&hop_ms=100&top_k=100`,
    );
    const messages: WireMessage[] = [];
    socket.on('message', (received) => messages.push(JSON.parse((received as Buffer).toString()) as WireMessage));
    await new Promise((resolve) => socket.once('open', resolve));
    socket.pause();
    const speech = pcm16(babble(5, 15));
    while (leftOut < 50) {
      if (socket.bufferedAmount < 1 << 20) socket.send(speech);
      await new Promise((resolve) => setImmediate(resolve));
    }
    socket.send(JSON.stringify(CLOSE));
    socket.resume();
    await new Promise((resolve) => socket.once('close', resolve));
    assert.deepEqual(
      messages.map(({ seq }) => seq),
      messages.map((_, index) => index + 1),
    );
    assert.equal(messages.filter(({ type }) => type === 'warning').length, 1);
    const finals = messages.filter(({ status }) => status === 'final').length;
    assert.deepEqual([messages.at(-1)?.type, messages.at(-1)?.utterances], ['closed', finals]);
    await chatty.close();
  });

  it('A stream ends once, and everything it held is released, however it ends', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('audio', 'finalize', 'close', 'start', 'hang up', 'vanish', 'keepalive'), {
          maxLength: 12,
        }),
        async (acts) => {
          const clock = new ManualClock();
          const limits = sessionLimits({ resumeWindow: milliseconds(1_000) });
          const reception = new Reception(contextWith({ clock, limits }));
          reception.open();
          const caller = new MemoryCaller();
          reception.receive(caller);
          for (const act of ['start', ...acts, 'hang up']) {
            if (act === 'hang up') caller.hangUp();
            else if (act === 'vanish') caller.vanish();
            else if (act === 'start') caller.say(startRequest());
            else if (act === 'audio') caller.say({ kind: 'audio', bytes: pcm16(babble(1.5, 5)) });
            else caller.say({ kind: act } as { kind: 'finalize' | 'close' | 'keepalive' });
            if (act === 'close') await settled();
          }
          assert.ok(caller.ends.length <= 1);
          assert.equal(reception.count, 0);
          // Until then, a stream is kept for a caller that may come back for it, or for its end.
          clock.pass(1_000);
          assert.deepEqual([reception.heldCount, reception.lostCount, clock.pendingAlarms], [0, 0, 0]);
          assert.equal(caller.kinds.filter((kind) => kind === 'closed' || kind === 'error').length, caller.ends.length);
        },
      ),
      { numRuns: 60 },
    ));

  it('Training and serving hear the same thing: every bundled model answers its golden vectors as trained', async () => {
    const bundled = await serveReal({ models: BUNDLED_MODELS });
    assert.ok(bundled.running.models.length > 0);
    await bundled.running.drain();
  });

  it('Training and serving hear the same thing: a model that answers otherwise is not served', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'earshot-golden-'));
    cpSync(join(ECHO_MODELS, 'echo'), join(folder, 'echo'), { recursive: true });
    const card = JSON.parse(readFileSync(join(folder, 'echo/earshot.json'), 'utf8')) as {
      golden: { expected: string }[];
    };
    const expected = join(folder, 'echo', card.golden[0]!.expected);
    const vector = JSON.parse(readFileSync(expected, 'utf8')) as { frames: { logits: number[] }[] };
    vector.frames[0]!.logits[0]! += 1;
    writeFileSync(expected, JSON.stringify(vector));
    await assert.rejects(serveReal({ models: folder }), /golden/);
    rmSync(folder, { recursive: true });
  });
});

/** Scores rounded to the six decimals of the wire, so that those in memory can be compared with it. */
const rounded = (message: Record<string, unknown>): Record<string, unknown> =>
  JSON.parse(
    JSON.stringify(message, (_, value: unknown) => (typeof value === 'number' ? Math.round(value * 1e6) / 1e6 : value)),
  ) as Record<string, unknown>;
