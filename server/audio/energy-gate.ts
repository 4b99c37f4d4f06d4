/**
 * Tells speech from silence by energy: a part of a channel's audio counts as speech when it is clearly louder than the
 * channel's own noise floor, which is followed as the minimum of the smoothed level over the last two seconds (after
 * R. Martin, Noise power spectral density estimation based on optimal smoothing and minimum statistics, IEEE Trans.
 * Speech and Audio Processing 9(5), 2001). So the floor falls at once and rises within two seconds, and a steady noise
 * or hum is speech no longer than that.
 */
export interface EnergyGate {
  /**
   * The fresh 16 kHz samples of the next frame; returns the probability of speech in each of n equal parts of them,
   * n = max(1, round(length / 320)), so of about 20 ms. 0.5 is the point of decision.
   */
  push(fresh: Float32Array): Float32Array;
}

/** A gate for one channel. */
export const createEnergyGate = (): EnergyGate => new MinimumStatisticsGate();

const PART_SAMPLES = 320;

/** In dBFS: quieter is never speech, whatever the floor. */
const QUIETEST_SPEECH = -55;
/** In dBFS: a recording that begins with speech does not pass for one that begins with noise. */
const LOUDEST_FIRST_FLOOR = -45;
/** In dB above the floor: where speech and silence are equally probable. */
const MARGIN = 10;
/** In dB: how far from there the odds change by a factor of e. */
const SOFTNESS = 2;

/** Share of a new part in the smoothed power: 60 ms, so that no single quiet part is taken for the floor. */
const SMOOTHING = 1 / 3;
/** The window of the minimum, as so many sections of so many parts: two seconds. */
const SECTIONS = 8;
const SECTION_PARTS = 12;

/** Below what 16 bits can hold; keeps the logarithm finite in digital silence. */
const LEAST_POWER = 1e-12;

class MinimumStatisticsGate implements EnergyGate {
  readonly #minima = new Float64Array(SECTIONS).fill(powerOf(LOUDEST_FIRST_FLOOR));
  #partsInSection = 0;
  #section = 0;
  #smoothed = powerOf(LOUDEST_FIRST_FLOOR);

  push(fresh: Float32Array): Float32Array {
    const parts = Math.max(1, Math.round(fresh.length / PART_SAMPLES));
    const probabilities = new Float32Array(parts);
    for (let part = 0; part < parts; part++) {
      const from = Math.round((part * fresh.length) / parts);
      const to = Math.round(((part + 1) * fresh.length) / parts);
      probabilities[part] = this.#probability(variance(fresh.subarray(from, to)));
    }
    return probabilities;
  }

  #probability(power: number): number {
    this.#follow(power);
    const floor = decibelsOf(Math.min(...this.#minima));
    const threshold = Math.max(floor + MARGIN, QUIETEST_SPEECH);
    return 1 / (1 + Math.exp((threshold - decibelsOf(power)) / SOFTNESS));
  }

  #follow(power: number): void {
    this.#smoothed += SMOOTHING * (power - this.#smoothed);
    if (this.#partsInSection === SECTION_PARTS) {
      this.#partsInSection = 0;
      this.#section = (this.#section + 1) % SECTIONS;
      this.#minima[this.#section] = Infinity;
    }
    this.#partsInSection++;
    this.#minima[this.#section] = Math.min(this.#minima[this.#section] ?? Infinity, this.#smoothed);
  }
}

/** Mean power about the mean: a sound card's constant offset is no sound. */
function variance(samples: Float32Array): number {
  let sum = 0;
  let squares = 0;
  for (const sample of samples) {
    sum += sample;
    squares += sample * sample;
  }
  const count = Math.max(1, samples.length);
  return Math.max(LEAST_POWER, squares / count - (sum / count) ** 2);
}

const decibelsOf = (power: number): number => 10 * Math.log10(power);
function powerOf(decibels: number): number {
  return 10 ** (decibels / 10);
}
