import { MessageQueue } from './message-queue.js';
import type { Ended, Observer, StreamEvents, StreamMessage, Subscribable } from './stream-events.js';

type Listener = (event: never) => void;

/** Who listens to these alone takes no messages. */
const OUR_OWN: ReadonlySet<keyof StreamEvents> = new Set(['state', 'reconnected', 'dropped', 'ended'] as const);

/** The fault of a listener is its own: it must not stop the stream, nor be lost. */
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
 * Spreads a stream's messages to listeners, observers and one reader. What comes while nobody listens waits, also for those who
 * begin to listen in the same turn; while listeners alone take the messages, none waits for a reader.
 */
export class MessageFan {
  readonly #queue = new MessageQueue();
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #observers = new Set<Observer<StreamMessage>>();
  /** Until the end of the turn in which somebody begins to listen, nothing is told. */
  #isBeginning = false;
  #isRead = false;
  #ended: Ended | null = null;

  /** Tentative intents that were dropped because nobody read them. */
  get dropped(): number {
    return this.#queue.dropped;
  }

  /** Whether nobody will ever read what waits. */
  get isOverfull(): boolean {
    return this.#queue.isOverfull;
  }

  push(message: StreamMessage): void {
    const isHeard = !this.#isBeginning && this.#hasAudience;
    if (isHeard) this.#deliver(message);
    if (!isHeard || this.#isRead) this.#queue.push(message);
  }

  /** Tells what is no message of the server. */
  tell<K extends 'state' | 'reconnected' | 'dropped' | 'ended'>(type: K, event: StreamEvents[K]): void {
    for (const listener of [...(this.#listeners.get(type) ?? [])]) call(() => listener(event as never));
  }

  /** No more messages. */
  end(ended: Ended): void {
    this.#ended = ended;
    this.#queue.end(ended.error);
    if (!this.#isBeginning) this.#finish(ended);
  }

  next(): Promise<IteratorResult<StreamMessage, undefined>> {
    this.#isRead = true;
    return this.#queue.next();
  }

  on<K extends keyof StreamEvents>(
    type: K,
    listener: (event: StreamEvents[K]) => void,
    signal?: AbortSignal,
  ): () => void {
    if (signal?.aborted) return () => undefined;
    const isHeard = this.#hasAudience;
    const listeners = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, listeners.add(listener));
    const off = () => {
      listeners.delete(listener);
      signal?.removeEventListener('abort', off);
    };
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

  #subscribe(observer: Observer<StreamMessage>): { unsubscribe(): void } {
    const isHeard = this.#hasAudience;
    this.#observers.add(observer);
    if (this.#ended !== null || !isHeard) this.#begin();
    return { unsubscribe: () => void this.#observers.delete(observer) };
  }

  /** Tells what waits at the end of the turn, for as long as anybody listens. */
  #begin(): void {
    if (this.#isBeginning) return;
    this.#isBeginning = true;
    queueMicrotask(() => {
      while (!this.#isRead && this.#hasAudience) {
        const message = this.#queue.take();
        if (message === undefined) break;
        this.#deliver(message);
      }
      this.#isBeginning = false;
      if (this.#ended !== null) this.#finish(this.#ended);
    });
  }

  /** Whether anybody listens to messages, not only to the end. */
  get #hasAudience(): boolean {
    if (this.#observers.size > 0) return true;
    return [...this.#listeners].some(([type, { size }]) => size > 0 && !OUR_OWN.has(type as keyof StreamEvents));
  }

  #deliver(message: StreamMessage): void {
    for (const type of [message.type, 'message'])
      for (const listener of [...(this.#listeners.get(type) ?? [])]) call(() => listener(message as never));
    for (const observer of [...this.#observers]) call(() => observer.next?.(message));
  }

  #finish(ended: Ended): void {
    this.tell('ended', ended);
    this.#listeners.delete('ended');
    for (const observer of [...this.#observers])
      call(() => (ended.error === null ? observer.complete?.() : observer.error?.(ended.error)));
    this.#observers.clear();
  }
}
