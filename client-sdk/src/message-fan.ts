import { refuseUnknown, type Names } from './known-names.js';
import { MessageQueue } from './message-queue.js';
import type { Ended, Observer, StreamEvents, StreamMessage, Subscribable } from './stream-events.js';

type Listener = (event: never) => void;

const NO_MORE = { value: undefined, done: true } as const;

const EVENTS: Names<StreamEvents> = {
  ready: null,
  speech_started: null,
  intent: null,
  utterance_end: null,
  gap: null,
  warning: null,
  reconnect: null,
  closed: null,
  message: null,
  state: null,
  reconnected: null,
  dropped: null,
  ended: null,
};
/** Events of the client itself. A listener to these does not receive messages. */
const OUR_OWN: ReadonlySet<keyof StreamEvents> = new Set(['state', 'reconnected', 'dropped', 'ended'] as const);

/** Calls a listener. An error that it throws must not stop the stream: it is rethrown later, as an uncaught exception. */
function call(action: () => void): void {
  try {
    action();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

/**
 * Distributes a stream's messages to listeners, observers and one reader. Messages that come while nobody listens are queued; all
 * who begin to listen or to read in the same turn of the event loop get them. Messages that listeners get are not queued, unless
 * there is a reader. For one that left while others listen the queue is kept, until it is full.
 */
export class MessageFan {
  readonly #queue = new MessageQueue();
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #observers = new Set<Observer<StreamMessage>>();
  /** Removes each listener, and lets go of its signal. */
  readonly #offs = new Set<() => void>();
  /**
   * What is to be delivered at the end of the turn in which somebody begins to listen or to read; until then nothing is delivered.
   * Null in all other turns.
   */
  #beginning: StreamMessage[] | null = null;
  /** Whether messages are queued for a reader although others hear them. */
  #isRead = false;
  /** Those who have begun to read and have not left. */
  readonly #readers = new Set<object>();
  #ended: Ended | null = null;

  /** How many tentative intents were dropped because nobody read them. */
  get dropped(): number {
    return this.#queue.dropped;
  }

  /** Whether so many messages are waiting that nobody can be expected to read them. */
  get isOverfull(): boolean {
    return this.#queue.isOverfull;
  }

  push(message: StreamMessage): void {
    const isHeard = this.#beginning === null && this.#hasAudience;
    if (isHeard) this.#deliver(message);
    this.#beginning?.push(message);
    if (isHeard && this.#readers.size === 0 && this.#queue.isFull) this.#forget();
    if (!isHeard || this.#isRead) this.#queue.push(message);
  }

  /** Reports an event of the client itself, which is not a message from the server. */
  tell<K extends 'state' | 'reconnected' | 'dropped' | 'ended'>(type: K, event: StreamEvents[K]): void {
    this.#call(type, event);
  }

  /** The stream has ended: no more messages will come. */
  end(ended: Ended): void {
    this.#ended = ended;
    this.#queue.end(ended.error);
    if (this.#beginning === null) this.#finish(ended);
  }

  /** Reads the messages one by one; ends where its reader leaves (`return`), as `break` in a loop does. */
  reader(): AsyncIterator<StreamMessage, undefined> {
    let hasLeft = false;
    const reader = {
      next: () => (hasLeft ? Promise.resolve(NO_MORE) : this.#next(reader)),
      return: () => {
        hasLeft = true;
        this.#leave(reader);
        return Promise.resolve(NO_MORE);
      },
    };
    return reader;
  }

  on<K extends keyof StreamEvents>(
    type: K,
    listener: (event: StreamEvents[K]) => void,
    signal?: AbortSignal,
  ): () => void {
    // It would never be called, and would count as somebody who listens to messages.
    refuseUnknown<StreamEvents>({ [type]: true } as unknown as StreamEvents, EVENTS, 'event');
    if (signal?.aborted) return () => undefined;
    const isHeard = this.#hasAudience;
    const listeners = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, listeners.add(listener));
    const off = () => {
      this.#offs.delete(off);
      listeners.delete(listener);
      signal?.removeEventListener('abort', off);
    };
    this.#offs.add(off);
    signal?.addEventListener('abort', off, { once: true });
    if (this.#ended !== null || !isHeard) this.#begin();
    return off;
  }

  observable(): Subscribable<StreamMessage> & Record<'@@observable', () => unknown> {
    const observable = {
      subscribe: (observer: Observer<StreamMessage> | ((value: StreamMessage) => void)) =>
        this.#subscribe(typeof observer === 'function' ? { next: observer } : observer),
      '@@observable': () => observable,
    };
    return observable;
  }

  #next(reader: object): Promise<IteratorResult<StreamMessage, undefined>> {
    if (!this.#isRead && !this.#hasAudience) this.#begin();
    this.#isRead = true;
    this.#readers.add(reader);
    return this.#queue.next(reader);
  }

  #leave(reader: object): void {
    this.#queue.leave(reader);
    // Where nobody listens, what comes waits for whoever listens or reads next.
    if (this.#readers.delete(reader) && this.#readers.size === 0 && !this.#hasAudience) this.#isRead = false;
  }

  /** No reader is expected any more. */
  #forget(): void {
    this.#queue.clear();
    this.#isRead = false;
  }

  #subscribe(observer: Observer<StreamMessage>): { unsubscribe(): void } {
    const isHeard = this.#hasAudience;
    this.#observers.add(observer);
    if (this.#ended !== null || !isHeard) this.#begin();
    return { unsubscribe: () => void this.#observers.delete(observer) };
  }

  /** At the end of the turn, delivers the queued messages as long as somebody listens. What a reader had left waits for it alone. */
  #begin(): void {
    if (this.#beginning !== null) return;
    const beginning: StreamMessage[] = this.#isRead ? [] : this.#queue.copy();
    this.#beginning = beginning;
    queueMicrotask(() => {
      while (this.#hasAudience) {
        const next = beginning.shift();
        // A reader takes its messages from the queue by itself.
        const message = this.#isRead ? next : this.#queue.take();
        if (message === undefined) break;
        this.#deliver(message);
      }
      this.#beginning = null;
      if (this.#ended !== null) this.#finish(this.#ended);
    });
  }

  /** Whether anybody listens to messages, and not only to the client's own events. */
  get #hasAudience(): boolean {
    if (this.#observers.size > 0) return true;
    return [...this.#listeners].some(([type, { size }]) => size > 0 && !OUR_OWN.has(type as keyof StreamEvents));
  }

  #deliver(message: StreamMessage): void {
    for (const type of [message.type, 'message']) this.#call(type, message);
    for (const observer of [...this.#observers])
      if (this.#observers.has(observer)) call(() => observer.next?.(message));
  }

  /** Calls the listeners of a type, except those that an earlier one has removed. */
  #call(type: string, event: unknown): void {
    const listeners = this.#listeners.get(type) ?? new Set();
    for (const listener of [...listeners]) if (listeners.has(listener)) call(() => listener(event as never));
  }

  #finish(ended: Ended): void {
    // What is added while these are told of the end gets a turn of its own.
    const observers = [...this.#observers];
    const offs = [...this.#offs];
    this.tell('ended', ended);
    for (const observer of observers) {
      if (!this.#observers.delete(observer)) continue;
      call(() => (ended.error === null ? observer.complete?.() : observer.error?.(ended.error)));
    }
    // A signal that outlives the stream must not hold it, and the audio that it keeps, in memory.
    for (const off of offs) off();
  }
}
