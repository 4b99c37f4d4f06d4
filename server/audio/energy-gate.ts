import { varianceOf } from './simd-samples.js';

/**
 * Tells speech from silence by energy: a part of a channel's audio counts as speech when it is clearly louder than the
 * channel's own noise floor, which is the least level of the last 2.4 seconds (after R. Martin, Noise power spectral
 * density estimation based on optimal smoothing and minimum statistics, IEEE Trans. Speech and Audio Processing 9(5),
 * 2001). So the floor falls at once and rises late, and a steady noise or hum counts as speech for 2.4 seconds at most.
 */
export interface EnergyGate {
  /**
   * Takes the fresh 16 kHz samples of the next frame; returns the probability of speech in each of n equal
   * parts of them, n = max(1, round(length / 320)), so that a part has about 20 ms. Speech and silence are equally probable
   * at 0.5.
   */
  push(fresh: Float32Array): Float32Array;
  /** The level of the loudest part of the last push. */
  readonly loudestDbfs: number;
}

/** A gate for one channel. */
export const createEnergyGate = (): EnergyGate => new MinimumStatisticsGate();

const PART_SAMPLES = 320;

// Chosen on telephone calls: fewer false pauses than with a smoothed level, a lower margin or a shorter window.
/** Lowest threshold of speech, however low the floor is. */
const QUIETEST_SPEECH_DBFS = -53;
/** The floor at the start, limited so that speech at the start of a recording is not taken for noise. */
const LOUDEST_FIRST_FLOOR_DBFS = -45;
/** The level above the floor at which speech and silence are equally probable. */
const MARGIN_DB = 10;
/** The increase in level that multiplies the odds of speech by e. */
const SOFTNESS_DB = 2;

/** The window of the floor slides by sections: ten sections of twelve parts. */
const SECTIONS = 10;
const SECTION_PARTS = 12;

class MinimumStatisticsGate implements EnergyGate {
  /** Least level of each section, in dBFS; a ring buffer. */
  readonly #minima = new Float64Array(SECTIONS).fill(LOUDEST_FIRST_FLOOR_DBFS);
  #section = 0;
  #partsInSection = 0;
  #floor = LOUDEST_FIRST_FLOOR_DBFS;
  loudestDbfs = -Infinity;

  push(fresh: Float32Array): Float32Array {
    const probabilities = new Float32Array(Math.max(1, Math.round(fresh.length / PART_SAMPLES)));
    const length = fresh.length / probabilities.length;
    this.loudestDbfs = -Infinity;
    for (let part = 0; part < probabilities.length; part++) {
      const from = Math.round(part * length);
      const to = Math.round((part + 1) * length);
      const level = dbfs(varianceOf(fresh.subarray(from, to)));
      this.loudestDbfs = Math.max(this.loudestDbfs, level);
      // The last part of a stream may be too short for its level to say anything about the floor.
      if (to - from >= PART_SAMPLES / 2) this.#follow(level);
      const threshold = Math.max(this.#floor + MARGIN_DB, QUIETEST_SPEECH_DBFS);
      probabilities[part] = 1 / (1 + Math.exp((threshold - level) / SOFTNESS_DB));
    }
    return probabilities;
  }

  #follow(level: number): void {
    if (this.#partsInSection === SECTION_PARTS) {
      this.#partsInSection = 0;
      this.#section = (this.#section + 1) % SECTIONS;
      this.#minima[this.#section] = level;
      this.#floor = this.#minima.reduce((least, level) => Math.min(least, level));
    }
    this.#partsInSection++;
    this.#minima[this.#section] = Math.min(this.#minima[this.#section] ?? level, level);
    this.#floor = Math.min(this.#floor, level);
  }
}

/** Least power of a part, below what 24 bits can hold; it keeps the level of digital silence finite. */
const LEAST_POWER = 1e-15;

/** Level in dBFS of what varies, because the constant offset of a sound card is not sound. */
const dbfs = (variance: number): number => 10 * Math.log10(Math.max(LEAST_POWER, variance));
