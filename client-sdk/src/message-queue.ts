import { Deferred } from './deferred.js';
import type { StreamMessage } from './stream-events.js';

/** Messages that may wait for a slow reader; beyond it the oldest tentative intents give way. */
export const MAX_QUEUED_MESSAGES = 1_024;
/** So many messages that cannot give way are more than anybody will read. */
export const MAX_UNREAD_MESSAGES = 16_384;

const isTentative = (message: StreamMessage): boolean => message.type === 'intent' && message.status === 'tentative';

/**
 * Messages between a stream and whoever reads it. When more than {@link MAX_QUEUED_MESSAGES} wait, the oldest tentative intent is
 * dropped and counted; nothing else ever is.
 */
export class MessageQueue {
  readonly #waiting: StreamMessage[] = [];
  readonly #readers: Deferred<IteratorResult<StreamMessage, undefined>>[] = [];
  #end: { error: Error | null } | null = null;
  #dropped = 0;

  /** How many tentative intents were dropped. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Whether more waits than is kept for anybody. */
  get isOverfull(): boolean {
    return this.#waiting.length > MAX_UNREAD_MESSAGES;
  }

  /** Everything that waits; it waits no more. */
  takeAll(): StreamMessage[] {
    return this.#waiting.splice(0);
  }

  push(message: StreamMessage): void {
    const reader = this.#readers.shift();
    if (reader !== undefined) {
      reader.resolve({ value: message, done: false });
      return;
    }
    this.#waiting.push(message);
    if (this.#waiting.length > MAX_QUEUED_MESSAGES) this.#dropOldestTentative();
  }

  /** No more messages: once those that wait are read, reading gives the end, or throws `error`. */
  end(error: Error | null): void {
    this.#end = { error };
    for (const reader of this.#readers.splice(0)) {
      if (error === null) reader.resolve({ value: undefined, done: true });
      else reader.reject(error);
    }
  }

  next(): Promise<IteratorResult<StreamMessage, undefined>> {
    const reader = new Deferred<IteratorResult<StreamMessage, undefined>>();
    const message = this.#waiting.shift();
    if (message !== undefined) reader.resolve({ value: message, done: false });
    else if (this.#end === null) this.#readers.push(reader);
    else if (this.#end.error === null) reader.resolve({ value: undefined, done: true });
    else reader.reject(this.#end.error);
    return reader.promise;
  }

  #dropOldestTentative(): void {
    const oldest = this.#waiting.findIndex(isTentative);
    if (oldest < 0) return;
    this.#waiting.splice(oldest, 1);
    this.#dropped += 1;
  }
}
