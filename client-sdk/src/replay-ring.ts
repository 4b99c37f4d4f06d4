import type { Audio, ClientDraft, Configure, Encoding } from '../../proto/wire.js';
import { pieces } from './chunk-bytes.js';

/** What has a place in the order of a stream's audio, and is counted by receipts. */
export type Counted = Exclude<ClientDraft, { type: 'start' | 'keepalive' }>;

/** Bytes of one audio message; every server takes messages at least so long. */
const MESSAGE_BYTES = 32 * 1024;
/** What is kept of audio that the server has taken in but not settled, for a server that knows nothing of it. */
const HISTORY_MS = 60_000;
const HISTORY_BYTES = 16 * 1024 * 1024;
const SAMPLE_BYTES: Readonly<Record<Encoding, number>> = { pcm_s16le: 2, pcm_f32le: 4, mulaw: 1, alaw: 1 };

interface Entry {
  readonly message: Counted;
  /** Bytes of the stream's audio up to the end of this message. */
  readonly end: number;
}

/** How a model cuts audio into frames. */
export interface FrameLayout {
  readonly frame_ms: number;
  readonly hop_ms: number;
}

/** Where sending goes on, in milliseconds of the stream, and how much before that is kept no more and settled by nobody. */
export interface Continuation {
  readonly fromMs: number;
  readonly lostMs: number;
}

/** How the audio of a stream is laid out. */
export interface Layout {
  readonly encoding: Encoding;
  readonly sample_rate: number;
  readonly channels?: number;
}

/**
 * What was sent and may have to be sent again, and what was not sent yet, in order. Drops what the server has settled.
 * Audio is kept in messages of whole samples, so that any of them can be the first of a stream.
 */
export class ReplayRing {
  readonly #group: number;
  readonly #bytesPerMs: number;
  #entries: Entry[] = [];
  /** How many messages of the present session come before the first entry. */
  #dropped = 0;
  #received = 0;
  #sent = 0;
  /** Where the audio of the present session, of the first entry, of what was received, of what is settled, of what must be kept and of everything begins or ends, in bytes. */
  #origin = 0;
  #start = 0;
  #receivedTo = 0;
  #settledTo = 0;
  #keepFrom = 0;
  /** The end of what any session has received, and of what was sent to any. */
  #confirmedTo = 0;
  #sentTo = 0;
  #frames: FrameLayout = { frame_ms: 0, hop_ms: 1 };
  #end = 0;
  #rest = new Uint8Array(0);
  #settings: Omit<Configure, 'type'> = {};

  constructor({ encoding, sample_rate, channels = 1 }: Layout) {
    this.#group = SAMPLE_BYTES[encoding] * channels;
    this.#bytesPerMs = (this.#group * sample_rate) / 1_000;
  }

  /** Milliseconds of audio that no receipt has confirmed: what another session hears again is none of it. */
  get backlogMs(): number {
    return (this.#end - this.#confirmedTo + this.#rest.length) / this.#bytesPerMs;
  }

  /**
   * Milliseconds of the backlog that wait for something. What has been sent does not, as long as the server, which confirms what it has cut a frame of,
   * may have to hear more before it can confirm it; nor if it has to be sent again.
   */
  get waitingMs(): number {
    const { frame_ms, hop_ms } = this.#frames;
    const unconfirmedMs = this.msOf(this.#sentTo - this.#confirmedTo);
    return unconfirmedMs < frame_ms + hop_ms ? this.backlogMs - unconfirmedMs : this.backlogMs;
  }

  /** Whether the server has taken in everything. */
  get isReceived(): boolean {
    return this.#received === this.#dropped + this.#entries.length;
  }

  /** What `configure` has set in messages that are no longer kept. */
  get settings(): Omit<Configure, 'type'> {
    return this.#settings;
  }

  /** How many milliseconds of audio so many bytes are. */
  msOf(bytes: number): number {
    return bytes / this.#bytesPerMs;
  }

  /** Takes audio of any length; the bytes are copied. What is no whole sample waits for the rest of it. */
  pushAudio(bytes: Uint8Array): void {
    const joined = new Uint8Array(this.#rest.length + bytes.length);
    joined.set(this.#rest);
    joined.set(bytes, this.#rest.length);
    const whole = joined.length - (joined.length % this.#group);
    this.#rest = joined.slice(whole);
    const most = MESSAGE_BYTES - (MESSAGE_BYTES % this.#group);
    for (const piece of pieces(joined.subarray(0, whole), most)) this.#add({ type: 'audio', bytes: piece });
  }

  push(message: Exclude<Counted, Audio>): void {
    if (message.type === 'close' && this.#rest.length > 0) this.#add({ type: 'audio', bytes: this.#rest });
    if (message.type === 'close') this.#rest = new Uint8Array(0);
    this.#add(message);
  }

  /** The next message to send, if there is one; it counts as sent. */
  next(): Counted | null {
    const entry = this.#entries[this.#sent - this.#dropped];
    if (entry === undefined) return null;
    this.#sent += 1;
    this.#sentTo = Math.max(this.#sentTo, entry.end);
    return entry.message;
  }

  /** How the server cuts frames: another session that begins on a hop cuts the same ones. */
  layFrames({ frame_ms, hop_ms }: FrameLayout): void {
    this.#frames = { frame_ms, hop_ms };
  }

  /** The server has taken in so many messages, and settled everything before `settledMs` of its session. */
  confirm(received: number, settledMs: number): void {
    this.#receive(received);
    this.#settledTo = Math.max(this.#settledTo, this.#bytesAt(settledMs));
    // Another session must hear the frame before an utterance too, to say the same of it.
    this.#keep(settledMs - this.#frames.frame_ms);
  }

  /** The session goes on over another connection, and the server has taken in so many messages: the rest is sent again. */
  resume(received: number): Continuation {
    this.#receive(received);
    this.#sent = this.#received;
    return { fromMs: this.msOf(this.#receivedTo), lostMs: 0 };
  }

  /** The session has classified all that it took in, and ends. */
  settleReceived(): void {
    this.#settledTo = this.#receivedTo;
    this.#keep(this.msOf(this.#receivedTo - this.#origin));
  }

  /** Another session takes over with the oldest audio that is kept. */
  restart(): Continuation {
    this.#cutStart();
    this.#dropped = 0;
    this.#received = 0;
    this.#sent = 0;
    this.#origin = this.#start;
    this.#receivedTo = this.#start;
    const lost = Math.max(0, this.#start - this.#settledTo);
    this.#settledTo = Math.max(this.#settledTo, this.#start);
    return { fromMs: this.msOf(this.#start), lostMs: Math.round(this.msOf(lost)) };
  }

  /** Drops what lies before the last hop of the session that begins no later than `sessionMs`. */
  #keep(sessionMs: number): void {
    const { hop_ms } = this.#frames;
    this.#keepFrom = Math.max(this.#keepFrom, this.#bytesAt(Math.max(0, Math.floor(sessionMs / hop_ms) * hop_ms)));
    this.#dropWhile((entry) => entry.end <= this.#keepFrom);
  }

  #bytesAt(sessionMs: number): number {
    return this.#origin + Math.round((sessionMs * this.#bytesPerMs) / this.#group) * this.#group;
  }

  /** Leaves out what the first message holds of audio that need not be kept. */
  #cutStart(): void {
    const [first] = this.#entries;
    const spare = this.#keepFrom - this.#start;
    if (spare <= 0 || first?.message.type !== 'audio' || first.end <= this.#keepFrom) return;
    this.#entries[0] = { ...first, message: { type: 'audio', bytes: first.message.bytes.subarray(spare) } };
    this.#start = this.#keepFrom;
  }

  #add(message: Counted): void {
    this.#end += message.type === 'audio' ? message.bytes.length : 0;
    this.#entries.push({ message, end: this.#end });
  }

  #receive(received: number): void {
    this.#received = Math.min(Math.max(this.#received, received), this.#dropped + this.#entries.length);
    this.#receivedTo =
      this.#entries[this.#received - this.#dropped - 1]?.end ?? Math.max(this.#start, this.#receivedTo);
    this.#confirmedTo = Math.max(this.#confirmedTo, this.#receivedTo);
    const most = Math.min(HISTORY_MS * this.#bytesPerMs, HISTORY_BYTES);
    this.#dropWhile((entry) => this.#receivedTo - entry.end > most);
  }

  #dropWhile(isDone: (entry: Entry) => boolean): void {
    let count = 0;
    for (const entry of this.#entries) {
      if (this.#dropped + count >= this.#received || !isDone(entry)) break;
      if (entry.message.type === 'configure') this.#remember(entry.message);
      this.#start = entry.end;
      count += 1;
    }
    this.#entries.splice(0, count);
    this.#dropped += count;
  }

  #remember({ interim, top_k, threshold, endpointing }: Configure): void {
    const before = this.#settings;
    this.#settings = {
      ...before,
      ...(interim !== undefined && { interim }),
      ...(top_k !== undefined && { top_k }),
      ...(threshold !== undefined && { threshold }),
      ...(endpointing && { endpointing: { ...before.endpointing, ...endpointing } }),
    };
  }
}
