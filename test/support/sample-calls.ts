import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDecoder } from '../../server/audio/decoder.js';
import { readWav } from '../../server/audio/wav.js';
import { SAMPLES } from './real-server.js';

/** A mono sample call as 16-bit PCM. */
export function sampleCall(name: string): { rate: number; samples: Int16Array } {
  const wav = readWav(readFileSync(join(SAMPLES, name)));
  if (wav.kind === 'problem') throw new Error(wav.message);
  const [amplitudes] = createDecoder(wav.format).push(wav.audio);
  return { rate: wav.format.sampleRate, samples: Int16Array.from(amplitudes!, (amplitude) => amplitude * 32_767) };
}
