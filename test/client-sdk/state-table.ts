import { EarshotError } from '../../client-sdk/src/earshot-error.js';
import type { StreamCore } from '../../client-sdk/src/stream-core.js';
import type { StreamState } from '../../client-sdk/src/stream-events.js';
import { CLOSED, intent, READY, receipt, REFUSED } from './messages.js';
import { newScene, open, RECONNECT_TIMEOUT_MS, type Scene } from './scene.js';

const LOST = new EarshotError('disconnected', 'the network went away', { retryable: true, closeCode: 1006 });
/** The longest pause before the first attempt to reconnect. */
export const FIRST_PAUSE_MS = 250;

/** The states of the table: those of the stream, split by how it came to be draining or closed. */
export const SITUATIONS = [
  'connecting',
  'open',
  'reconnecting',
  'draining',
  'draining, connecting',
  'draining, lost',
  'closed',
  'failed',
] as const;
export type Situation = (typeof SITUATIONS)[number];

const STEPS: Readonly<Record<Situation, (scene: Scene) => void>> = {
  connecting: () => undefined,
  open,
  reconnecting: (scene) => {
    open(scene);
    scene.network.last.events.ended(LOST);
  },
  draining: (scene) => {
    open(scene);
    void scene.stream.close();
  },
  'draining, connecting': ({ stream }) => void stream.close(),
  'draining, lost': (scene) => {
    open(scene);
    void scene.stream.close();
    scene.network.last.events.ended(LOST);
  },
  closed: (scene) => {
    open(scene);
    void scene.stream.close();
    scene.network.last.say(receipt(1), CLOSED);
  },
  failed: (scene) => {
    open(scene);
    scene.network.last.say({ ...REFUSED, seq: 2 });
  },
};

export const sceneIn = (situation: Situation): Scene => {
  const scene = newScene();
  STEPS[situation](scene);
  return scene;
};

export const METHODS: Readonly<Record<string, (stream: StreamCore) => Promise<unknown>>> = {
  send: (stream) => stream.send(new Int16Array(160)),
  configure: (stream) => stream.configure({ interim: false }),
  finalize: (stream) => stream.finalize(),
  close: (stream) => stream.close(),
  opened: (stream) => stream.opened,
  closed: (stream) => stream.closed,
  next: (stream) => stream[Symbol.asyncIterator]().next(),
  abort: (stream) => {
    stream.abort();
    return Promise.resolve();
  },
};

/** state × method → what it does, and the state that it leaves. */
export const METHOD_TABLE: Readonly<Record<Situation, Readonly<Record<string, readonly [string, StreamState]>>>> =
  (() => {
    const taken = (state: StreamState, close: StreamState = 'draining') => ({
      send: ['resolves', state] as const,
      configure: ['resolves', state] as const,
      finalize: ['resolves', state] as const,
      close: ['pending', close] as const,
      closed: ['pending', state] as const,
      abort: ['resolves', 'closed'] as const,
    });
    const refused = (code: string, state: StreamState) => ({
      send: [code, state] as const,
      configure: [code, state] as const,
      finalize: [code, state] as const,
      abort: ['resolves', 'closed'] as const,
    });
    const opening = { opened: ['pending', 'connecting'], next: ['pending', 'connecting'] } as const;
    const draining = {
      ...refused('invalid_state', 'draining'),
      close: ['pending', 'draining'],
      closed: ['pending', 'draining'],
      opened: ['resolves', 'draining'],
      next: ['resolves', 'draining'],
    } as const;
    const over = {
      closed: ['resolves', 'closed'],
      opened: ['resolves', 'closed'],
      next: ['resolves', 'closed'],
    } as const;
    return {
      connecting: { ...taken('connecting'), ...opening },
      open: { ...taken('open'), opened: ['resolves', 'open'], next: ['resolves', 'open'] },
      reconnecting: {
        ...taken('reconnecting'),
        opened: ['resolves', 'reconnecting'],
        next: ['resolves', 'reconnecting'],
      },
      draining,
      'draining, connecting': { ...draining, opened: ['pending', 'draining'], next: ['pending', 'draining'] },
      'draining, lost': draining,
      closed: { ...refused('invalid_state', 'closed'), ...over, close: ['resolves', 'closed'] },
      failed: { ...refused('model_not_found', 'closed'), ...over, close: ['model_not_found', 'closed'] },
    };
  })();

export const EVENTS: Readonly<Record<string, (scene: Scene) => void>> = {
  opened: ({ network }) => network.last.events.opened(),
  ready: ({ network }) => network.last.say(READY),
  intent: ({ network }) => network.last.say(intent(2, 'final')),
  receipt: ({ network }) => network.last.say(receipt(1)),
  closed: ({ network }) => network.last.say(CLOSED),
  error: ({ network }) => network.last.say(REFUSED),
  nonsense: ({ network }) => network.last.events.received({ ok: false, problem: 'no message' }),
  drained: ({ network }) => network.last.events.drained(),
  lost: ({ network }) => network.last.events.ended(LOST),
  'a long time': ({ clock }) => clock.pass(2 * RECONNECT_TIMEOUT_MS),
};

/** state × event → the state after it, and why the stream ended if it did. */
export const EVENT_TABLE: Readonly<Record<Situation, Readonly<Record<string, string>>>> = (() => {
  const nothing = (state: string) => Object.fromEntries(Object.keys(EVENTS).map((event) => [event, state]));
  const up = {
    ready: 'closed protocol_violation',
    error: 'closed model_not_found',
    nonsense: 'closed protocol_violation',
  };
  const early = {
    intent: 'closed protocol_violation',
    receipt: 'closed protocol_violation',
    closed: 'closed protocol_violation',
  };
  return {
    connecting: {
      ...nothing('connecting'),
      ...up,
      ...early,
      ready: 'open',
      lost: 'closed disconnected',
      'a long time': 'closed connect_timeout',
    },
    // Nothing is received for half of the server's idle timeout, then no connection succeeds.
    open: {
      ...nothing('open'),
      ...up,
      closed: 'reconnecting',
      lost: 'reconnecting',
      'a long time': 'closed disconnected',
    },
    // Messages that still come from the old connection are ignored.
    reconnecting: { ...nothing('reconnecting'), 'a long time': 'closed disconnected' },
    // An end that does not cover everything sent is the server's own decision, not the answer to `close`.
    draining: { ...nothing('draining'), ...up, 'a long time': 'closed disconnected' },
    'draining, connecting': {
      ...nothing('draining'),
      ...up,
      ...early,
      ready: 'draining',
      lost: 'closed disconnected',
      'a long time': 'closed connect_timeout',
    },
    'draining, lost': { ...nothing('draining'), 'a long time': 'closed disconnected' },
    closed: nothing('closed closed'),
    failed: nothing('closed model_not_found'),
  };
})();
