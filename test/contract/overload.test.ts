import assert from 'node:assert/strict';
import { status } from '@grpc/grpc-js';
import { Admission } from '../../server/session/admission.js';
import { ManualClock } from '../support/manual-clock.js';
import { CLOSE, START, TALKS } from '../support/raw-clients.js';
import { serveScripted } from '../support/scripted-server.js';

describe('A server whose workers are busy', () => {
  for (const [wire, talk] of Object.entries(TALKS))
    it(`refuses a stream at its start over ${wire}, and says when to try again`, async () => {
      const clock = new ManualClock();
      const admission = new Admission(clock);
      const server = await serveScripted({ admission });
      const before = await talk(server, [START, CLOSE]);
      assert.equal(before.messages.at(-1)?.type, 'closed');
      for (let frame = 0; frame < 300; frame++) {
        clock.pass(10);
        admission.frameWaited(300);
      }
      const { messages, end } = await talk(server, [START]);
      await server.close();
      const [error] = messages;
      assert.equal(messages.length, 1);
      assert.deepEqual(
        [error?.type, error?.code, error?.retryable, error?.retry_after_ms],
        ['error', 'overloaded', true, 3000],
      );
      assert.match(error?.message as string, /frames wait 300 ms for a worker/);
      assert.equal(end, wire === 'grpc' ? status.UNAVAILABLE : 4503);
    });
});
