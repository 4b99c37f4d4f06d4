import { ReaderQueue } from './reader-queue.js';
import type { StreamMessage } from './stream-events.js';

/** How many messages may wait for a slow reader; beyond that, the oldest tentative intents are dropped. */
export const MAX_QUEUED_MESSAGES = 1_024;
/** When more messages than this are waiting, nobody is going to read them. */
export const MAX_UNREAD_MESSAGES = 16_384;

const isTentative = (message: StreamMessage): boolean => message.type === 'intent' && message.status === 'tentative';

/**
 * Messages of a stream that wait for its reader. When more than {@link MAX_QUEUED_MESSAGES} wait, the oldest tentative intent is
 * dropped and counted; other messages are never dropped.
 */
export class MessageQueue {
  readonly #queue = new ReaderQueue<StreamMessage>();
  #dropped = 0;

  /** How many tentative intents were dropped. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Whether as many are waiting as may without being dropped. */
  get isFull(): boolean {
    return this.#queue.waiting.length >= MAX_QUEUED_MESSAGES;
  }

  /** Whether more than {@link MAX_UNREAD_MESSAGES} are waiting. */
  get isOverfull(): boolean {
    return this.#queue.waiting.length > MAX_UNREAD_MESSAGES;
  }

  /** The messages that are waiting, oldest first. */
  copy(): StreamMessage[] {
    return [...this.#queue.waiting];
  }

  /** Removes and returns the oldest waiting message; undefined when none is waiting. */
  take(): StreamMessage | undefined {
    return this.#queue.waiting.shift();
  }

  /** Drops all waiting messages, which others have heard. */
  clear(): void {
    this.#queue.waiting.length = 0;
  }

  push(message: StreamMessage): void {
    if (this.#queue.handOver(message)) return;
    this.#queue.waiting.push(message);
    if (this.#queue.waiting.length > MAX_QUEUED_MESSAGES) this.#dropOldestTentative();
  }

  /** No more messages will come: once the waiting ones have been read, reading ends, or throws `error`. */
  end(error: Error | null): void {
    this.#queue.end(error);
  }

  next(reader: object): Promise<IteratorResult<StreamMessage, undefined>> {
    return this.#queue.next(reader);
  }

  leave(reader: object): void {
    this.#queue.leave(reader);
  }

  #dropOldestTentative(): void {
    const oldest = this.#queue.waiting.findIndex(isTentative);
    if (oldest < 0) return;
    this.#queue.waiting.splice(oldest, 1);
    this.#dropped += 1;
  }
}
