import type { Closed, ServerMessage } from '../../proto/wire.js';

interface Channel {
  /** Utterances announced to their end, and where the last of them ended. */
  ended: number;
  endedTo: number;
  isOpen: boolean;
  /** Added to the utterance numbers of the present session. */
  offset: number;
  /** The session tells once more of an utterance that was announced to its end. */
  isRepeating: boolean;
}

/** By less than this two sessions differ in where they hear an utterance end. */
const LONGEST_SHIFT_MS = 500;

type Spoken = Extract<ServerMessage, { type: 'speech_started' | 'intent' | 'utterance_end' }>;

/** Makes one stream of what several sessions say: one numbering, one stream time, nothing told twice. */
export class Continuity {
  readonly #channels = new Map<number, Channel>();
  #seq = 0;
  #sessionSeq = 0;
  #baseMs = 0;
  #framesBefore = 0;
  #gapMs = 0;
  #gapMsBefore = 0;

  /** `seq` of the last message of the present session. */
  get lastSeq(): number {
    return this.#sessionSeq;
  }

  /** Another session, which has said `ready`, goes on at this point of the stream's time. */
  restart(atMs: number): void {
    this.#baseMs = atMs;
    this.#sessionSeq = 1;
    this.#gapMsBefore = this.#gapMs;
    for (const channel of this.#channels.values()) {
      channel.offset = channel.ended;
      channel.isRepeating = false;
    }
  }

  /** What the present session says, as the stream says it; null for what was said before. */
  take(message: ServerMessage): ServerMessage | null {
    this.#sessionSeq = Math.max(this.#sessionSeq, message.seq);
    const said = this.#translated(message);
    return said && { ...said, seq: ++this.#seq };
  }

  /** A session has ended and another will go on: its totals belong to the stream's. */
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

  /** Whether an utterance that begins here is told for the first time. */
  #begin(channel: Channel, at: number): boolean {
    channel.isRepeating = at < channel.endedTo;
    const isNew = !channel.isRepeating && !channel.isOpen;
    if (!channel.isRepeating) channel.isOpen = true;
    return isNew;
  }

  /** What seemed to be told once more goes on beyond what was announced: it is the next utterance, heard together with the end of the last. */
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
