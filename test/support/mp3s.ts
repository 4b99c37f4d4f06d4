import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { answers, needs } from './needs.js';
import { SAMPLES } from './real-server.js';

const hasEncoder = answers('ffmpeg', ['-v', 'quiet', '-f', 'lavfi', '-i', 'anullsrc', '-t', '0.1', '-f', 'mp3', '-']);

/** A sample call as an MP3 without tags, made by ffmpeg; skips the test if ffmpeg or its MP3 encoder is missing. */
export function mp3Of(test: Mocha.Context, format: readonly string[]): Buffer {
  needs(test, hasEncoder, 'ffmpeg with an MP3 encoder');
  const call = join(SAMPLES, 'balance-16k.wav');
  return spawnSync('ffmpeg', ['-v', 'error', '-i', call, ...format, '-id3v2_version', '0', '-f', 'mp3', '-']).stdout;
}
