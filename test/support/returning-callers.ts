import assert from 'node:assert/strict';
import type { CallerMessage, Ready, SessionMessage, StartRequest } from '../../server/session/caller.js';
import { Reception } from '../../server/session/reception.js';
import type { SessionContext } from '../../server/session/session-context.js';
import { contextWith } from './contexts.js';
import { ManualClock } from './manual-clock.js';
import { MemoryCaller, startRequest } from './memory-caller.js';
import { babble, pcm16 } from './tones.js';

export const audio = (seconds: number, seed = 4): CallerMessage => ({
  kind: 'audio',
  bytes: pcm16(babble(seconds, seed)),
});
export const CLOSE: CallerMessage = { kind: 'close' };

/** A reception with a manual clock, and a function with which callers call it. */
export const arrange = (change: Partial<SessionContext> = {}) => {
  const clock = new ManualClock();
  const reception = new Reception(contextWith({ clock, ...change }));
  reception.open();
  const call = (...messages: CallerMessage[]): MemoryCaller => {
    const caller = new MemoryCaller();
    reception.receive(caller);
    caller.say(...messages);
    return caller;
  };
  return { clock, reception, call };
};

export const readyOf = (caller: MemoryCaller): Ready => {
  const first = caller.received[0]?.message;
  assert.ok(first?.kind === 'ready', first?.kind);
  return first;
};

/** The start with which a caller resumes its stream after it has received everything up to `lastSeq`. */
export const again = (caller: MemoryCaller, lastSeq: number, change: Partial<StartRequest> = {}): CallerMessage => {
  const { sessionId, resumeToken: token } = readyOf(caller);
  return startRequest({ resume: { sessionId, token, lastSeq }, ...change });
};

export const eventsOf = (caller: MemoryCaller) =>
  caller.received.filter(({ message }) => !['ready', 'receipt'].includes(message.kind));

export const lastOf = (caller: MemoryCaller): SessionMessage | undefined => caller.received.at(-1)?.message;

export const assertRefused = (caller: MemoryCaller, sentence: RegExp): void => {
  const last = lastOf(caller);
  assert.ok(last?.kind === 'error', last?.kind);
  assert.equal(last.code, 'bad_request');
  assert.match(last.message, sentence);
  assert.equal(caller.ends.length, 1);
};
