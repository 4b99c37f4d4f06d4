import assert from 'node:assert/strict';
import fc from 'fast-check';
import { lastValueFrom, Observable, Subject, toArray } from 'rxjs';
import type { ModelCard } from '../../server/domain/model-card.js';
import type { Classify } from '../../server/domain/outcome.js';
import type { StreamEvent } from '../../server/domain/stream-event.js';
import { hertz, milliseconds } from '../../server/domain/units.js';
import { createIntentPipeline, type PipelineOptions } from '../../server/pipeline/intent-pipeline.js';
import type { StreamInput } from '../../server/pipeline/stream-input.js';
import { statefulCard, statelessCard } from '../support/cards.js';
import { classified, settled } from '../support/outcomes.js';
import { babble, pcm16, randomChunks } from '../support/tones.js';

/** Logits that depend on every sample, and on the state where there is one. */
const hearing: Classify = async (samples, state) => {
  await settled();
  const sum = samples.reduce((total, sample, index) => total + sample * Math.cos(index), 0) + (state?.[0] ?? 0);
  return classified([sum, -sum, 0.1], { nextState: state && Float32Array.of(sum, 0), queueMs: 0, inferMs: 0 });
};

const pipelineOf = (card: ModelCard, change: Partial<PipelineOptions> = {}) =>
  createIntentPipeline({
    audio: { encoding: 'pcm_s16le', sampleRate: hertz(16_000), channels: 1 },
    card,
    hop: milliseconds(500),
    announcing: {
      interim: true,
      topK: 5,
      threshold: null,
      endpointing: { silence: milliseconds(500), maxUtterance: milliseconds(5_000) },
    },
    classify: hearing,
    tenant: '',
    valve: { pause: () => undefined, resume: () => undefined },
    maxFramesUnderWay: 2,
    now: () => 0,
    warn: () => undefined,
    ...change,
  });

const audio = (bytes: Uint8Array): StreamInput => ({ kind: 'audio', bytes, arrivedAt: 0 });

const inputs = (...given: readonly StreamInput[]): Observable<StreamInput> =>
  new Observable((subscriber) => {
    given.forEach((input) => subscriber.next(input));
    subscriber.complete();
  });

const eventsOf = (pipeline: ReturnType<typeof pipelineOf>, source: Observable<StreamInput>): Promise<StreamEvent[]> =>
  lastValueFrom(pipeline.events(source).pipe(toArray()));

const finals = (events: readonly StreamEvent[]) =>
  events.filter((event) => event.kind === 'intent' && event.status === 'final');

for (const card of [statelessCard(), statefulCard()]) {
  describe(`The pipeline of a ${card.stateShape ? 'stateful' : 'stateless'} model`, () => {
    const speech = pcm16(babble(6, 3));

    it('gives the same events however the audio is chunked', () =>
      fc.assert(
        fc.asyncProperty(fc.nat(), fc.integer({ min: 40, max: 20_000 }), async (seed, longest) => {
          const whole = await eventsOf(pipelineOf(card), inputs(audio(speech)));
          const cut = [...randomChunks(speech, longest, seed)].map(audio);
          assert.deepEqual(await eventsOf(pipelineOf(card), inputs(...cut)), whole);
          assert.ok(finals(whole).length > 0);
        }),
        { numRuns: 10 },
      ));

    it('gives every channel the same events as that channel alone', async () => {
      const [left, right] = [babble(4, 5), babble(4, 6)];
      const stereo = pcm16(
        Float32Array.from({ length: left.length * 2 }, (_, index) => (index % 2 ? right : left)[index >> 1]!),
      );
      const both = pipelineOf(card, { audio: { encoding: 'pcm_s16le', sampleRate: hertz(16_000), channels: 2 } });
      const events = await eventsOf(both, inputs(audio(stereo)));
      for (const [channel, samples] of [left, right].entries()) {
        const alone = await eventsOf(pipelineOf(card), inputs(audio(pcm16(samples))));
        assert.deepEqual(
          events.filter((event) => event.channel === channel),
          alone.map((event) => ({ ...event, channel })),
        );
      }
    });

    it('classifies the last partial second, and an utterance shorter than one', async () => {
      const short = babble(2, 9)
        .subarray(0, 24_000)
        .map((sample, index) => (index < 6_400 ? Math.sin(index / 9) * 0.3 : sample));
      const pipeline = pipelineOf(card);
      const events = await eventsOf(pipeline, inputs(audio(pcm16(short.subarray(0, 6_400)))));
      assert.equal(pipeline.totals.frames, 1);
      assert.deepEqual(
        finals(events).map(({ kind }) => kind),
        ['intent'],
      );
    });

    it('ends the open utterance at finalize and goes on with the next', async () => {
      const events = await eventsOf(
        pipelineOf(card),
        inputs(audio(speech.subarray(0, 64_000)), { kind: 'finalize', arrivedAt: 0 }, audio(speech.subarray(64_000))),
      );
      const ends = events.filter((event) => event.kind === 'utterance_end');
      assert.ok(ends.some(({ reason, end }) => reason === 'finalize' && end === 2000));
      assert.equal(finals(events).length, ends.length);
      assert.deepEqual(
        ends.map(({ utterance }) => utterance),
        ends.map((_, index) => index),
      );
    });

    it('pauses its source while frames are under way, and loses none', async () => {
      const calls: string[] = [];
      const valve = { pause: () => calls.push('pause'), resume: () => calls.push('resume') };
      const pipeline = pipelineOf(card, { valve });
      const source = new Subject<StreamInput>();
      const events = eventsOf(pipeline, source);
      source.next(audio(speech));
      assert.deepEqual(calls, ['pause']);
      source.complete();
      const whole = await eventsOf(pipelineOf(card), inputs(audio(speech)));
      assert.deepEqual(await events, whole);
    });
  });
}

describe('The pipeline', () => {
  for (const channels of [1, 2])
    it(`has as many frames of each of ${channels} channels under way as allowed, and less than one round more`, async () => {
      let underWay = 0;
      let most = 0;
      const classify: Classify = async (samples, state, turn) => {
        most = Math.max(most, ++underWay);
        const outcome = await hearing(samples, state, turn);
        underWay--;
        return outcome;
      };
      const said = babble(10, 1);
      const all = Float32Array.from(
        { length: said.length * channels },
        (_, index) => said[Math.floor(index / channels)]!,
      );
      const format = { encoding: 'pcm_s16le', sampleRate: hertz(16_000), channels } as const;
      await eventsOf(
        pipelineOf(statelessCard(), { audio: format, classify, maxFramesUnderWay: 3 }),
        inputs(audio(pcm16(all))),
      );
      // A round is let in as long as one frame has room.
      assert.ok(most >= 3 * channels && most < 4 * channels, `${most} frames`);
    });

  it('never has two frames of a stateful channel under way', async () => {
    let underWay = 0;
    const classify: Classify = async (samples, state, turn) => {
      assert.equal(++underWay, 1);
      const outcome = await hearing(samples, state, turn);
      underWay--;
      return outcome;
    };
    await eventsOf(pipelineOf(statefulCard(), { classify }), inputs(audio(pcm16(babble(5, 1)))));
  });

  it('counts the audio it was given', async () => {
    const pipeline = pipelineOf(statelessCard());
    await eventsOf(pipeline, inputs(audio(new Uint8Array(32_000 + 1600))));
    assert.equal(pipeline.totals.audioMs, 1050);
  });

  it('reports audio at any rate that was not classified as gaps, up to where it ends', async () => {
    for (const rate of [8_000, 11_025, 22_050, 44_100, 48_000])
      for (const samples of [1, rate, rate + 1, 25_440, 60_001, 80_017, 80_018, 80_019]) {
        const format = { encoding: 'mulaw', sampleRate: hertz(rate), channels: 1 } as const;
        const classify: Classify = () => Promise.resolve({ kind: 'shed' });
        const pipeline = pipelineOf(statelessCard(), { audio: format, classify });
        const told = await eventsOf(pipeline, inputs(audio(new Uint8Array(samples))));
        let to = 0;
        for (const gap of told.filter(({ kind }) => kind === 'gap') as { start: number; end: number }[]) {
          assert.equal(gap.start, to);
          assert.ok(gap.end > gap.start);
          to = gap.end;
        }
        assert.equal(to, pipeline.totals.audioMs, `${samples} samples at ${rate} Hz`);
      }
  });

  it('warns of bytes that are no whole sample', async () => {
    const warnings: string[] = [];
    const warn: PipelineOptions['warn'] = (code) => warnings.push(code);
    await eventsOf(pipelineOf(statelessCard(), { warn }), inputs(audio(new Uint8Array(3201))));
    assert.deepEqual(warnings, ['audio_incomplete']);
  });

  it('warns once of floats beyond −1…1', async () => {
    const warnings: string[] = [];
    const options = {
      audio: { encoding: 'pcm_f32le', sampleRate: hertz(16_000), channels: 1 },
      warn: (code: string) => warnings.push(code),
    } as const;
    const loud = new Uint8Array(Float32Array.from({ length: 20_000 }, () => 32_000).buffer);
    await eventsOf(pipelineOf(statelessCard(), options), inputs(audio(loud), audio(loud)));
    assert.deepEqual(warnings, ['audio_clipped']);
  });
});
