import { isMp3 } from './mp3.js';

/** How files of other kinds begin: from which byte on, with which Latin-1 text. */
const BEGINNINGS: readonly (readonly [at: number, text: string, kind: string])[] = [
  [0, 'ID3', 'an MP3'],
  [0, 'fLaC', 'FLAC'],
  [0, 'OggS', 'Ogg (Opus or Vorbis)'],
  [4, 'ftyp', 'MP4 (such as M4A)'],
  [0, '\u001aE\u00df\u00a3', 'Matroska or WebM'],
  [0, '#!AMR', 'AMR'],
  [0, 'FORM', 'AIFF'],
  [0, '.snd', 'AU'],
  [0, 'caff', 'CAF'],
  [0, 'RIFX', 'RIFX, a WAV with big-endian samples'],
];

/** The kind of audio file, other than WAV, that bytes begin; null where they may be raw audio, or anything else. */
export const otherFileIn = (bytes: Uint8Array): string | null => {
  const textAt = (at: number, length: number): string => String.fromCharCode(...bytes.subarray(at, at + length));
  const found = BEGINNINGS.find(([at, text]) => textAt(at, text.length) === text);
  return found?.[2] ?? (isMp3(bytes) ? 'an MP3' : null);
};
