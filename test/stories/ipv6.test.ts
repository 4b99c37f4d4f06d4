import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { needs } from '../support/needs.js';
import { CLOSE, START, TALKS } from '../support/raw-clients.js';
import { ECHO_MODELS, serveReal, type RealServer } from '../support/real-server.js';
import { babble, pcm16 } from '../support/tones.js';

const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'));

describe('A server that listens on an IPv6 address', () => {
  let server: RealServer | undefined;
  before(async function () {
    needs(this, hasIpv6, 'an address ::1');
    server = await serveReal({ models: ECHO_MODELS, host: '::1' });
  });
  after(() => server?.running.drain());

  for (const [wire, talk] of Object.entries(TALKS))
    it(`can be called over ${wire}`, async () => {
      const { messages } = await talk(server!, [START, pcm16(babble(2, 3)), CLOSE]);
      assert.equal(messages.at(-1)?.type, 'closed');
    });

  it('gives its address in the form that a URL needs', async () => {
    assert.match(server!.running.httpUrl, /^http:\/\/\[::1\]:\d+$/);
    assert.equal((await fetch(`${server!.running.httpUrl}/healthz`)).status, 200);
  });
});
