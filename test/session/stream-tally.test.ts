import assert from 'node:assert/strict';
import type { CallerMessage } from '../../server/session/caller.js';
import { Reception } from '../../server/session/reception.js';
import { contextWith, silentObserver } from '../support/contexts.js';
import { MemoryCaller, startRequest } from '../support/memory-caller.js';
import { settled } from '../support/outcomes.js';
import { babble, pcm16 } from '../support/tones.js';

const seconds = (count: number): CallerMessage => ({ kind: 'audio', bytes: new Uint8Array(32_000 * count) });

describe('The tally of a stream', () => {
  it('tells of audio while it comes, though nothing is announced about silence', async () => {
    const told = { seconds: 0, silentFrames: 0 };
    const observer = {
      ...silentObserver,
      audioReceived: (more: number) => void (told.seconds += more),
      silencePassedOver: (frames: number) => void (told.silentFrames += frames),
    };
    const reception = new Reception(contextWith({ observer }));
    reception.open();
    const caller = new MemoryCaller();
    reception.receive(caller);
    caller.say(startRequest(), seconds(3));
    await settled();
    assert.deepEqual([caller.kinds, told], [['ready'], { seconds: 3, silentFrames: 5 }]);
    caller.say({ kind: 'audio', bytes: pcm16(babble(2, 1)) }, { kind: 'close' });
    await caller.story;
    assert.equal(told.seconds, 5);
  });
});
