import assert from 'node:assert/strict';
import { Keepalive } from '../../client-sdk/src/keepalive.js';
import { ManualClock } from '../support/manual-clock.js';
import { newScene, open } from './scene.js';

const IDLE_TIMEOUT_MS = 30_000;

/** The clock of a page in the background, whose timers browsers delay to one a minute. */
class SleepyClock extends ManualClock {
  override after(ms: number, action: () => void): { cancel(): void } {
    return super.after(Math.max(ms, 60_000), action);
  }
}

describe('Keepalive', () => {
  const watched = (answer: (keepalive: Keepalive) => void) => {
    const clock = new SleepyClock();
    const told: string[] = [];
    const keepalive = new Keepalive(clock, {
      keepAlive: () => {
        told.push('asked');
        answer(keepalive);
      },
      heardNothing: (ms) => told.push(`heard nothing for ${ms} ms`),
    });
    keepalive.start(IDLE_TIMEOUT_MS);
    return { clock, told };
  };

  it('never takes a connection for lost without asking it first, however late its timer fires', () => {
    const { clock, told } = watched((keepalive) => keepalive.heard());
    clock.pass(180_000);
    assert.deepEqual(told, ['asked', 'asked', 'asked']);
  });

  it('takes a connection for lost that has not answered', () => {
    const { clock, told } = watched(() => undefined);
    clock.pass(120_000);
    assert.deepEqual(told, ['asked', 'heard nothing for 120000 ms']);
  });

  it('is sent at once when the server warns that the stream is idle', () => {
    const scene = newScene();
    open(scene);
    scene.network.last.say({ type: 'warning', seq: 2, code: 'idle', message: 'nothing came for 20 s' });
    assert.deepEqual(scene.network.last.sentTypes, ['start', 'keepalive']);
  });
});
