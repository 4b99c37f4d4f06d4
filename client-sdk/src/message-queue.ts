import { ReaderQueue } from './reader-queue.js';
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
  readonly #queue = new ReaderQueue<StreamMessage>();
  #dropped = 0;

  /** How many tentative intents were dropped. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Whether more waits than is kept for anybody. */
  get isOverfull(): boolean {
    return this.#queue.waiting.length > MAX_UNREAD_MESSAGES;
  }

  /** What has waited longest; it waits no more. */
  take(): StreamMessage | undefined {
    return this.#queue.waiting.shift();
  }

  push(message: StreamMessage): void {
    if (this.#queue.handOver(message)) return;
    this.#queue.waiting.push(message);
    if (this.#queue.waiting.length > MAX_QUEUED_MESSAGES) this.#dropOldestTentative();
  }

  /** No more messages: once those that wait are read, reading gives the end, or throws `error`. */
  end(error: Error | null): void {
    this.#queue.end(error);
  }

  next(): Promise<IteratorResult<StreamMessage, undefined>> {
    return this.#queue.next();
  }

  #dropOldestTentative(): void {
    const oldest = this.#queue.waiting.findIndex(isTentative);
    if (oldest < 0) return;
    this.#queue.waiting.splice(oldest, 1);
    this.#dropped += 1;
  }
}
