import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SAMPLE_BYTES } from '../../server/audio/sample-format.js';
import { readWav } from '../../server/audio/wav.js';

export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** The format in which a stream's audio reaches the server. */
export interface Ingress {
  readonly name: string;
  readonly encoding: 'pcm_s16le' | 'mulaw';
  readonly sampleRate: number;
  readonly chunkMs: number;
}

const pcm = (chunkMs: number): Ingress => ({
  name: `${chunkMs} ms of pcm_s16le, 16 kHz`,
  encoding: 'pcm_s16le',
  sampleRate: 16_000,
  chunkMs,
});
const mulaw = (chunkMs: number): Ingress => ({
  name: `${chunkMs} ms of mulaw, 8 kHz`,
  encoding: 'mulaw',
  sampleRate: 8_000,
  chunkMs,
});

export const PCM_100 = pcm(100);
export const PCM_20 = pcm(20);
export const MULAW_100 = mulaw(100);
export const MULAW_20 = mulaw(20);

const CALLS = { pcm_s16le: 'balance-16k.wav', mulaw: 'freeze-card-8k-mulaw.wav' } as const;

/** The part of both sample calls that lies within one utterance, without a pause that would end it. */
const UTTERANCE_MS = { from: 600, to: 4_600 } as const;

export const bytesOf = ({ encoding, sampleRate }: Ingress, ms: number): number =>
  Math.round((sampleRate * ms) / 1000) * SAMPLE_BYTES[encoding];

/**
 * `ms` milliseconds of speech without a pause (four seconds of one utterance, repeated), so that every frame is classified.
 * Otherwise a server that skips silence would be measured with frames that cost it nothing.
 */
export const unbrokenSpeech = (ingress: Ingress, ms: number): Uint8Array => {
  const utterance = oneUtterance(ingress);
  const bytes = Buffer.alloc(bytesOf(ingress, ms));
  for (let at = 0; at < bytes.length; at += utterance.length) bytes.set(utterance.subarray(0, bytes.length - at), at);
  return bytes;
};

/** Four seconds of a sample call that belong to one utterance from the first frame to the last. */
export const oneUtterance = (ingress: Ingress): Uint8Array =>
  sampleCall(ingress).subarray(bytesOf(ingress, UTTERANCE_MS.from), bytesOf(ingress, UTTERANCE_MS.to));

const sampleCall = ({ encoding }: Ingress): Uint8Array => {
  const path = join(ROOT, 'samples', CALLS[encoding]);
  const wav = readWav(readFileSync(path));
  if (wav.kind === 'problem') throw new Error(`${path}: ${wav.message}`);
  return wav.audio;
};
