import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { isMp3 } from '../../server/audio/mp3.js';
import { mp3Of } from '../support/mp3s.js';
import { SAMPLES } from '../support/real-server.js';

describe('isMp3', () => {
  for (const format of [
    ['-ar', '44100', '-b:a', '128k'],
    ['-ar', '48000', '-b:a', '320k', '-write_xing', '0'],
    ['-ar', '32000', '-q:a', '4'],
    ['-ar', '22050', '-b:a', '64k', '-ac', '2'],
    ['-ar', '8000', '-b:a', '16k'],
  ])
    it(`recognizes what ffmpeg writes with ${format.join(' ')}`, function () {
      assert.equal(isMp3(mp3Of(this, format)), true);
    });

  it('does not take raw audio for an MP3, wherever it is cut', () => {
    for (const name of ['balance-16k.wav', 'call-stereo-8k-mulaw.wav', 'freeze-card-8k-mulaw.wav']) {
      const raw = readFileSync(join(SAMPLES, name)).subarray(44);
      for (let at = 0; at < raw.length - 8_192; at += 1) assert.equal(isMp3(raw.subarray(at, at + 8_192)), false);
    }
  });

  it('does not take silence or a header alone for an MP3', () => {
    const levels = fc.uint8Array({ minLength: 1, maxLength: 2 });
    fc.assert(fc.property(levels, (level) => !isMp3(new Uint8Array(8_192).map((_, n) => level[n % level.length]!))));
    for (const kind of [0xf2, 0xf3, 0xfa, 0xfb]) assert.equal(isMp3(Uint8Array.from([0xff, kind, 0x90, 0])), false);
  });
});
