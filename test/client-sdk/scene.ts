import type { LifelineOptions } from '../../client-sdk/src/lifeline.js';
import { StreamCore } from '../../client-sdk/src/stream-core.js';
import type { StreamState } from '../../client-sdk/src/stream-events.js';
import { ManualClock } from '../support/manual-clock.js';
import { READY } from './messages.js';
import { ScriptedNetwork } from './scripted-connection.js';

const CONNECT_TIMEOUT_MS = 10_000;
export const RECONNECT_TIMEOUT_MS = 60_000;

/** A stream whose network and time the test controls. */
export interface Scene {
  readonly stream: StreamCore;
  readonly network: ScriptedNetwork;
  readonly clock: ManualClock;
  readonly states: StreamState[];
}

export const newScene = (bufferMs = 30_000, timeouts: Partial<LifelineOptions> = {}): Scene => {
  const network = new ScriptedNetwork();
  const clock = new ManualClock();
  const stream = new StreamCore({
    start: { type: 'start', audio: { encoding: 'pcm_s16le', sample_rate: 16_000 } },
    connect: network.connect,
    clock,
    random: () => 1,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    reconnectTimeoutMs: RECONNECT_TIMEOUT_MS,
    ...timeouts,
    bufferMs,
  });
  const states: StreamState[] = [];
  stream.on('state', ({ state }) => states.push(state));
  return { stream, network, clock, states };
};

/** Lets the stream's connection open, and its session be ready. */
export const open = ({ network }: Scene): void => {
  network.last.events.opened();
  network.last.say(READY);
};
