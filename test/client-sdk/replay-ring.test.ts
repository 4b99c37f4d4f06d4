import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ReplayRing } from '../../client-sdk/src/replay-ring.js';

const LAYOUT = { encoding: 'pcm_s16le', sample_rate: 8_000, channels: 2 } as const;
const GROUP_BYTES = 4;
const BYTES_PER_MS = 32;
const FRAMES = { frame_ms: 100, hop_ms: 40 };

/** A server that records what reaches it: the audio of one session, and after how many bytes each control message came. */
class TakingServer {
  readonly audio: number[] = [];
  readonly controls: number[] = [];
  received = 0;

  take(message: ReturnType<ReplayRing['next']>): void {
    this.received += 1;
    if (message?.type === 'audio') this.audio.push(...message.bytes);
    else this.controls.push(this.audio.length);
  }

  /** How much it has settled, which is never more than it has taken in. */
  settledMs(share: number): number {
    return Math.floor((this.audio.length / BYTES_PER_MS) * share);
  }
}

const step = fc.oneof(
  fc.record({ kind: fc.constant('push' as const), bytes: fc.integer({ min: 0, max: 9_000 }) }),
  fc.record({ kind: fc.constant('finalize' as const) }),
  fc.record({ kind: fc.constant('send' as const), messages: fc.nat(4) }),
  fc.record({ kind: fc.constant('receipt' as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
  // The last messages that were sent are lost on their way.
  fc.record({ kind: fc.constant('cut' as const), lost: fc.nat(3) }),
);

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** A ring, its server, and everything that was pushed. */
class Play {
  readonly ring = new ReplayRing(LAYOUT);
  readonly server = new TakingServer();
  readonly pushed: number[] = [];
  readonly finalizedAt: number[] = [];
  settled = 0;

  constructor(steps: readonly Step[]) {
    this.ring.layFrames(FRAMES);
    for (const one of steps) this.#do(one);
  }

  #do(one: Step): void {
    const { ring, server, pushed } = this;
    switch (one.kind) {
      case 'push': {
        const bytes = Uint8Array.from({ length: one.bytes }, (_, index) => (pushed.length + index) % 251);
        pushed.push(...bytes);
        return ring.pushAudio(bytes);
      }
      case 'finalize':
        this.finalizedAt.push(pushed.length - (pushed.length % GROUP_BYTES));
        return ring.push({ type: 'finalize' });
      case 'send':
        return this.#send(one.messages);
      case 'receipt':
        this.settled = Math.max(this.settled, server.settledMs(one.share));
        return ring.confirm(server.received, this.settled);
      case 'cut':
        for (let n = 0; n < one.lost; n += 1) ring.next();
        ring.resume(server.received);
    }
  }

  #send(count: number): void {
    for (let n = 0; n < count; n += 1) {
      const message = this.ring.next();
      if (message) this.server.take(message);
    }
  }
}

const drain = (ring: ReplayRing, server: TakingServer): void => {
  ring.push({ type: 'close' });
  for (let message = ring.next(); message !== null; message = ring.next()) server.take(message);
};

describe('The replay ring', () => {
  it('gives a server everything in order and exactly once, however often the connection is cut', () =>
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { ring, server, pushed, finalizedAt } = new Play(steps);
        ring.resume(server.received);
        drain(ring, server);
        assert.deepEqual(Buffer.from(server.audio), Buffer.from(pushed));
        assert.deepEqual(server.controls, [...finalizedAt, pushed.length]);
        ring.confirm(server.received, server.settledMs(1));
        assert.deepEqual([ring.isReceived, ring.backlogMs], [true, 0]);
      }),
    ));

  it('gives another server everything from the hop that lies a frame before what was settled', () =>
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { ring, pushed, settled } = new Play(steps);
        const { fromMs, lostMs } = ring.restart();
        const another = new TakingServer();
        drain(ring, another);
        assert.deepEqual(Buffer.from(another.audio), Buffer.from(pushed.slice(fromMs * BYTES_PER_MS)));
        const latest = Math.max(0, Math.floor((settled - FRAMES.frame_ms) / FRAMES.hop_ms) * FRAMES.hop_ms);
        assert.deepEqual([fromMs, lostMs], [latest, 0]);
      }),
    ));

  it('counts as backlog what no receipt has confirmed', () =>
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { ring, server, pushed } = new Play(steps);
        ring.confirm(server.received, 0);
        assert.equal(ring.backlogMs, (pushed.length - server.audio.length) / BYTES_PER_MS);
      }),
    ));

  it('keeps a minute of audio that was taken in but never settled, and says how much it lost', () => {
    const ring = new ReplayRing(LAYOUT);
    ring.layFrames(FRAMES);
    const second = new Uint8Array(1_000 * BYTES_PER_MS);
    for (let count = 1; count <= 100; count += 1) {
      ring.pushAudio(second);
      ring.next();
      ring.confirm(count, 0);
    }
    assert.deepEqual(ring.restart(), { fromMs: 39_000, lostMs: 39_000 });
  });
});
