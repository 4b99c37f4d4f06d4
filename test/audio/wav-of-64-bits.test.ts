import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readWav } from '../../server/audio/wav.js';
import { needs } from '../support/needs.js';
import { bytesOf, hasFfmpeg, output } from './oracle.js';
import { noise } from './signal.js';

const QUIET = ['-hide_banner', '-loglevel', 'error'];
const RAW = ['-f', 's16le', '-ar', '16000', '-ac', '1'];
const RF64 = ['-c:a', 'pcm_s16le', '-rf64', 'always', '-f', 'wav'];

/** The bytes of audio, of a file that may be cut short. */
const read = (bytes: Uint8Array): { audio: Buffer; missingBytes: number } => {
  const reading = readWav(bytes);
  assert.equal(reading.kind, 'audio', JSON.stringify(reading));
  return { audio: Buffer.from(reading.audio), missingBytes: reading.missingBytes };
};

describe('readWav on RF64, as ffmpeg writes it,', () => {
  const pcm = Buffer.from(bytesOf(noise(8_000, 0.5)));
  const folder = mkdtempSync(join(tmpdir(), 'earshot-rf64-'));
  after(() => rmSync(folder, { recursive: true }));
  let file: Buffer;
  before(function () {
    needs(this, hasFfmpeg, 'ffmpeg');
    const path = join(folder, 'long.wav');
    output('ffmpeg', [...QUIET, ...RAW, '-i', '-', ...RF64, path], pcm);
    file = readFileSync(path);
    assert.equal(file.toString('latin1', 0, 4), 'RF64');
  });

  it('reads the samples alone, whatever follows them', () => {
    assert.deepEqual(read(file), { audio: pcm, missingBytes: 0 });
    assert.deepEqual(read(Buffer.concat([file, Buffer.from('axml\x04\0\0\0<a/>')])), { audio: pcm, missingBytes: 0 });
  });

  it('reads its successor, BW64', () => {
    assert.deepEqual(read(Buffer.concat([Buffer.from('BW64'), file.subarray(4)])), { audio: pcm, missingBytes: 0 });
  });

  it('tells what is missing of one that was cut short', () => {
    assert.deepEqual(read(file.subarray(0, -3_000)), { audio: pcm.subarray(0, -3_000), missingBytes: 3_000 });
  });

  it('reads to the end of one that was written to a pipe, without its length', () => {
    const piped = output('ffmpeg', [...QUIET, ...RAW, '-i', '-', ...RF64, '-'], pcm);
    assert.deepEqual(read(piped), { audio: pcm, missingBytes: 0 });
  });
});
