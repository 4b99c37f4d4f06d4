import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createDecoder } from '../../server/audio/decoder.js';
import { createEnergyGate } from '../../server/audio/energy-gate.js';
import { createResampler } from '../../server/audio/resampler.js';
import { readWav } from '../../server/audio/wav.js';
import { needs, RECORDINGS } from '../support/needs.js';
import { joined, noise, sine } from './signal.js';

const HOP = 7_680;
const seconds = (count: number): number => Math.round(count * 16_000);
const silence = (duration: number): Float32Array => new Float32Array(seconds(duration));
const at = (dbfs: number): number => 10 ** (dbfs / 20);
/** Noise whose RMS is `dbfs`. */
const hiss = (duration: number, dbfs: number): Float32Array => noise(seconds(duration), at(dbfs) * Math.sqrt(3));
const hum = (duration: number, dbfs: number): Float32Array =>
  sine(150, 16_000, seconds(duration), at(dbfs) * Math.SQRT2);
/** Bursts of 250 ms with 120 ms between them, as syllables come. */
const babble = (duration: number, dbfs: number): Float32Array =>
  hiss(duration, dbfs).map((sample, n) => (n % 5920 < 4000 ? sample : sample * 0.01));
const mixed = (a: Float32Array, b: Float32Array): Float32Array => a.map((sample, n) => sample + b[n]!);

/** Speech or not, for each 20 ms. */
function decisions(audio: Float32Array): boolean[] {
  const gate = createEnergyGate();
  const parts: boolean[] = [];
  for (let from = 0; from < audio.length; from += HOP) {
    parts.push(...Array.from(gate.push(audio.subarray(from, from + HOP)), (probability) => probability >= 0.5));
  }
  return parts;
}
const during = (parts: boolean[], from: number, to: number): boolean[] => parts.slice(from * 50, to * 50);
const share = (parts: boolean[]): number => parts.filter(Boolean).length / parts.length;
/** Milliseconds of the longest stretch without speech between the first part of speech and the last. */
const longestPause = (parts: boolean[]): number => {
  const spoken = parts.slice(parts.indexOf(true), parts.lastIndexOf(true) + 1);
  const runs = spoken.map((isSpeech) => (isSpeech ? '#' : '.')).join('');
  return 20 * Math.max(...runs.split('#').map((run) => run.length));
};

describe('energy gate', () => {
  for (const [length, parts] of [
    [1, 1],
    [160, 1],
    [320, 1],
    [480, 2],
    [1_600, 5],
    [7_680, 24],
    [16_000, 50],
  ] as const) {
    it(`gives ${parts} probabilities for ${length} samples`, () => {
      assert.equal(createEnergyGate().push(new Float32Array(length)).length, parts);
    });
  }

  it('gives one probability of silence for no samples', () => {
    const [probability] = createEnergyGate().push(new Float32Array(0));
    assert.ok(probability! < 0.01);
  });

  it('hears no speech in digital silence', () => assert.equal(share(decisions(silence(3))), 0));

  it('hears no speech in a quiet line', () => assert.equal(share(decisions(hiss(3, -60))), 0));

  it('hears speech over a quiet line', () => {
    const parts = decisions(joined([hiss(2, -60), babble(2, -25), hiss(1, -60)]));
    assert.ok(share(during(parts, 2, 4)) > 0.6);
    assert.equal(share(during(parts, 4.1, 5)), 0);
  });

  it('hears speech in a recording that begins with it', () => {
    assert.ok(share(during(decisions(babble(3, -25)), 0, 1)) > 0.6);
  });

  it('hears speech over a loud line', () => {
    const parts = decisions(mixed(hiss(7, -38), joined([silence(3), babble(2, -20), silence(2)])));
    assert.ok(share(during(parts, 3, 5)) > 0.6);
    assert.ok(share(during(parts, 5.1, 7)) < 0.02);
  });

  for (const [name, steady] of [
    ['hiss', hiss(4, -30)],
    ['hum', hum(4, -30)],
  ] as const) {
    it(`stops taking a steady ${name} for speech after two and a half seconds`, () => {
      const parts = decisions(joined([hiss(1, -65), steady]));
      assert.equal(share(during(parts, 3.5, 5)), 0);
    });

    it(`stops taking a steady ${name} at the very beginning for speech after two and a half seconds`, () => {
      assert.equal(share(during(decisions(steady), 2.5, 4)), 0);
    });
  }

  it('takes a click for speech in no more than the three parts it can touch', () => {
    const audio = joined([hiss(1, -65), hiss(0.039, -10), hiss(1, -65)]);
    assert.ok(decisions(audio).filter(Boolean).length <= 3);
  });

  it('never takes a constant offset for speech', () => {
    assert.equal(share(decisions(hiss(3, -65).map((sample) => sample + 0.05))), 0);
  });

  it('keeps its floor when a stream ends within a part', () => {
    const gate = createEnergyGate();
    gate.push(hiss(3, -40));
    gate.push(new Float32Array(40));
    assert.ok(gate.push(hiss(0.5, -40)).every((probability) => probability < 0.5));
  });

  it('comes back to silence at once when speech ends', () => {
    const parts = decisions(joined([hiss(1, -60), babble(2.96, -25), hiss(1.04, -60)]));
    assert.ok(parts.lastIndexOf(true) < 50 * 3.98);
  });
});

describe('energy gate on telephone calls', () => {
  const calls = RECORDINGS ?? '';
  const decodedCalls = (): Float32Array[] => {
    const folders = readdirSync(calls).filter((name) => name.includes('~'));
    return folders.map((folder) => {
      const file = readdirSync(`${calls}/${folder}`).find((name) => name.endsWith('.wav'))!;
      const wav = readWav(readFileSync(`${calls}/${folder}/${file}`));
      assert.equal(wav.kind, 'audio');
      const [samples] = createDecoder(wav.format).push(wav.audio);
      const resampler = createResampler(wav.format.sampleRate);
      return joined([resampler.push(samples!), resampler.flush()]);
    });
  };

  before(function () {
    needs(this, RECORDINGS, 'the recordings of ../shared/data/minds14');
  });

  it('hears speech in every call', () => {
    assert.ok(decodedCalls().every((audio) => decisions(audio).filter(Boolean).length > 25));
  });

  it('hears no pause of more than a second within most calls', () => {
    const pauses = decodedCalls().map((audio) => longestPause(decisions(audio)));
    const unbroken = pauses.filter((pause) => pause < 1000).length / pauses.length;
    assert.ok(unbroken > 0.7, unbroken.toFixed(2));
  });
});
