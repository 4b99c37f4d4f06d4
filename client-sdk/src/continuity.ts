import type { Closed, ServerMessage } from '../../proto/wire.js';

interface Channel {
  /** How many utterances of the stream have been announced up to their end. */
  ended: number;
  /** Stream time in milliseconds at which the last of them ended. */
  endedTo: number;
  isOpen: boolean;
  /** Add this to an utterance number of the current session to get the stream's. */
  offset: number;
  /** The current session is repeating an utterance that was already announced up to its end. */
  isRepeating: boolean;
}

/** When two sessions hear the same utterance, the ends that they report differ by less than this. */
const LONGEST_SHIFT_MS = 500;

type Spoken = Extract<ServerMessage, { type: 'speech_started' | 'intent' | 'utterance_end' }>;

/** Merges the messages of successive sessions into one stream: continuous numbering and stream time, no event twice. */
export class Continuity {
  readonly #channels = new Map<number, Channel>();
  #seq = 0;
  #sessionSeq = 0;
  #baseMs = 0;
  #framesBefore = 0;
  #gapMs = 0;
  #gapMsBefore = 0;

  /** `seq` of the last message that the current session sent. */
  get lastSeq(): number {
    return this.#sessionSeq;
  }

  /** A new session, whose `ready` has arrived, continues the stream at stream time `atMs`. */
  restart(atMs: number): void {
    this.#baseMs = atMs;
    this.#sessionSeq = 1;
    this.#gapMsBefore = this.#gapMs;
    for (const channel of this.#channels.values()) {
      channel.offset = channel.ended;
      channel.isRepeating = false;
    }
  }

  /** Translates a message of the current session into the stream's numbering and time; null if it repeats an earlier one. */
  take(message: ServerMessage): ServerMessage | null {
    this.#sessionSeq = Math.max(this.#sessionSeq, message.seq);
    const said = this.#translated(message);
    return said && { ...said, seq: ++this.#seq };
  }

  /** A session has ended and another will continue: adds its frames to the totals of the stream. */
  endSession(closed: Closed): void {
    this.#framesBefore += closed.frames;
  }

  #translated(message: ServerMessage): ServerMessage | null {
    switch (message.type) {
      case 'speech_started':
      case 'intent':
      case 'utterance_end':
        return this.#spoken(message);
      case 'gap': {
        this.#gapMs += message.end_ms - message.start_ms;
        return { ...message, start_ms: this.#at(message.start_ms), end_ms: this.#at(message.end_ms) };
      }
      case 'closed':
        return this.#totals(message);
      default:
        return message;
    }
  }

  #spoken(message: Spoken): ServerMessage | null {
    const channel = this.#channel(message.channel);
    if (message.type === 'intent' && message.status === 'final') this.#unrepeat(channel, this.#at(message.end_ms));
    const { isRepeating } = channel;
    const isNew = message.type === 'speech_started' ? this.#begin(channel, this.#at(message.at_ms)) : !isRepeating;
    if (message.type === 'utterance_end') this.#finish(channel, this.#at(message.end_ms));
    if (!isNew) return null;
    if (message.type === 'speech_started') return { ...message, at_ms: this.#at(message.at_ms) };
    const utterance = message.utterance + channel.offset;
    if (message.type === 'utterance_end') return { ...message, utterance, end_ms: this.#at(message.end_ms) };
    return { ...message, utterance, start_ms: this.#at(message.start_ms), end_ms: this.#at(message.end_ms) };
  }

  /** An utterance begins at stream time `at`; returns whether it has not been announced before. */
  #begin(channel: Channel, at: number): boolean {
    channel.isRepeating = at < channel.endedTo;
    const isNew = !channel.isRepeating && !channel.isOpen;
    if (!channel.isRepeating) channel.isOpen = true;
    return isNew;
  }

  /**
   * An apparent repetition lasts well beyond the announced end: this session hears the end of that utterance and the next one as
   * a single utterance, so it is announced as new.
   */
  #unrepeat(channel: Channel, end: number): void {
    if (!channel.isRepeating || end - channel.endedTo < LONGEST_SHIFT_MS) return;
    channel.isRepeating = false;
    channel.isOpen = true;
  }

  #finish(channel: Channel, at: number): void {
    if (channel.isRepeating) {
      channel.isRepeating = false;
      channel.offset -= 1;
      return;
    }
    channel.isOpen = false;
    channel.ended += 1;
    channel.endedTo = at;
  }

  #channel(index: number): Channel {
    const known = this.#channels.get(index);
    const channel = known ?? { ended: 0, endedTo: 0, isOpen: false, offset: 0, isRepeating: false };
    if (known === undefined) this.#channels.set(index, channel);
    return channel;
  }

  #at(ms: number): number {
    return Math.round(this.#baseMs + ms);
  }

  #totals<T extends Closed>(closed: T): T {
    return {
      ...closed,
      audio_ms: this.#at(closed.audio_ms),
      frames: this.#framesBefore + closed.frames,
      utterances: [...this.#channels.values()].reduce((sum, { offset }) => sum + offset, closed.utterances),
      gap_ms: this.#gapMsBefore + closed.gap_ms,
    };
  }
}
