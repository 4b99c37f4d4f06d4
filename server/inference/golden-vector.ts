import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { createDecoder } from '../audio/decoder.js';
import { readWav } from '../audio/wav.js';
import { milliseconds, MODEL_RATE, type Milliseconds } from '../domain/units.js';
import { PackageError } from './package-error.js';
import { packageFile, readPackageJson } from './package-file.js';

const expectedSchema = z.strictObject({
  hop_ms: z.int().min(20).max(1000),
  tolerance: z.number().positive(),
  frames: z
    .array(
      z.strictObject({
        end_ms: z.int().positive(),
        logits: z.array(z.number()),
        speech: z.array(z.number()).optional(),
      }),
    )
    .min(1),
});

/** A recording, and the outputs of the trainer's own implementation for each of its frames. */
export interface GoldenVector {
  /** 16 kHz, one channel. */
  readonly samples: Float32Array;
  readonly hop: Milliseconds;
  /** The largest allowed difference from an expected number. */
  readonly tolerance: number;
  readonly frames: z.output<typeof expectedSchema>['frames'];
}

/** Reads one golden vector of a package. Throws {@link PackageError} naming the file and what is wrong in it. */
export const readGoldenVector = async (
  folder: string,
  golden: { readonly audio: string; readonly expected: string },
): Promise<GoldenVector> => {
  const { hop_ms: hop, ...expected } = await readPackageJson(folder, golden.expected, expectedSchema);
  const path = await packageFile(folder, golden.audio);
  const wav = readWav(await readFile(path));
  if (wav.kind === 'problem') throw new PackageError(path, wav.message);
  const { encoding, sampleRate, channels } = wav.format;
  if (encoding !== 'pcm_s16le' || sampleRate !== MODEL_RATE || channels !== 1) {
    throw new PackageError(
      path,
      `is ${encoding}, ${sampleRate} Hz, ${channels} channel(s): must be pcm_s16le, ${MODEL_RATE} Hz, 1 channel`,
    );
  }
  const [samples] = createDecoder(wav.format).push(wav.audio);
  return { samples: samples ?? new Float32Array(), hop: milliseconds(hop), ...expected };
};
