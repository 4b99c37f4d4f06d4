import type { Audio, ClientDraft, Configure, Encoding } from '../../proto/wire.js';
import { pieces } from './chunk-bytes.js';

/** The messages that must stay in order with the audio; receipts count them. */
export type Counted = Exclude<ClientDraft, { type: 'start' | 'keepalive' }>;

/** Most bytes in one audio message; every server accepts messages of this length. */
const MESSAGE_BYTES = 32 * 1024;
/** How much audio that the server has received but not settled is kept, in case a new session must hear it again. */
const HISTORY_MS = 60_000;
const HISTORY_BYTES = 16 * 1024 * 1024;
const SAMPLE_BYTES: Readonly<Record<Encoding, number>> = { pcm_s16le: 2, pcm_f32le: 4, mulaw: 1, alaw: 1 };

interface Entry {
  readonly message: Counted;
  /** Bytes of audio from the start of the stream to the end of this message. */
  readonly end: number;
}

/** How a model cuts audio into frames. */
export interface FrameLayout {
  readonly frame_ms: number;
  readonly hop_ms: number;
}

/**
 * Where sending continues (`fromMs`, stream time), and how many milliseconds before that are lost: neither kept any longer nor
 * settled by any session.
 */
export interface Continuation {
  readonly fromMs: number;
  readonly lostMs: number;
}

/** The format of a stream's audio. */
export interface Layout {
  readonly encoding: Encoding;
  readonly sample_rate: number;
  readonly channels?: number;
}

/**
 * A queue of a stream's messages in order: those that were sent and may have to be sent again, then those that are still to be sent.
 * Drops messages once the server has settled them. Audio is kept in messages of whole samples, so that a new session can begin with
 * any of them.
 */
export class ReplayRing {
  readonly #group: number;
  readonly #bytesPerMs: number;
  #entries: Entry[] = [];
  /** How many messages of the current session came before the first entry. */
  #dropped = 0;
  #received = 0;
  #sent = 0;
  // The following are positions in the stream's audio, in bytes.
  /** Where the audio of the current session begins. */
  #origin = 0;
  /** Where the first entry begins. */
  #start = 0;
  /** Up to where the current session has received the audio. */
  #receivedTo = 0;
  /** Up to where the audio is settled or lost. */
  #settledTo = 0;
  /** From where on audio must be kept for a new session. */
  #keepFrom = 0;
  /** Up to where any session has received the audio, and up to where it was sent to any session. */
  #confirmedTo = 0;
  #sentTo = 0;
  #frames: FrameLayout = { frame_ms: 0, hop_ms: 1 };
  /** Where the last entry ends, in bytes. */
  #end = 0;
  #rest = new Uint8Array(0);
  #settings: Omit<Configure, 'type'> = {};

  constructor({ encoding, sample_rate, channels = 1 }: Layout) {
    this.#group = SAMPLE_BYTES[encoding] * channels;
    this.#bytesPerMs = (this.#group * sample_rate) / 1_000;
  }

  /** Milliseconds of audio that no session has confirmed. Audio that a new session hears again stays confirmed. */
  get backlogMs(): number {
    return (this.#end - this.#confirmedTo + this.#rest.length) / this.#bytesPerMs;
  }

  /**
   * Milliseconds of the backlog that count against the buffer. The server confirms audio only once it has cut a frame from it. So
   * audio that was sent does not count while it is shorter than a frame and a hop: the server may have to hear more first. This is
   * also true of audio that must be sent again.
   */
  get waitingMs(): number {
    const { frame_ms, hop_ms } = this.#frames;
    const unconfirmedMs = this.msOf(this.#sentTo - this.#confirmedTo);
    return unconfirmedMs < frame_ms + hop_ms ? this.backlogMs - unconfirmedMs : this.backlogMs;
  }

  /** Whether the current session has received every message. */
  get isReceived(): boolean {
    return this.#received === this.#dropped + this.#entries.length;
  }

  /** The settings made by `configure` messages that are no longer kept. */
  get settings(): Omit<Configure, 'type'> {
    return this.#settings;
  }

  /** Converts a number of audio bytes to milliseconds. */
  msOf(bytes: number): number {
    return bytes / this.#bytesPerMs;
  }

  /** Queues audio of any length; the bytes are copied. An incomplete sample at the end waits for its remaining bytes. */
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

  /** Returns the next message to send, which counts as sent from then on; null when there is none. */
  next(): Counted | null {
    const entry = this.#entries[this.#sent - this.#dropped];
    if (entry === undefined) return null;
    this.#sent += 1;
    this.#sentTo = Math.max(this.#sentTo, entry.end);
    return entry.message;
  }

  /** Sets how the server cuts frames. A new session that begins on a multiple of the hop cuts the same frames. */
  layFrames({ frame_ms, hop_ms }: FrameLayout): void {
    this.#frames = { frame_ms, hop_ms };
  }

  /** Takes in a receipt: how many messages the session has received, and up to which millisecond of it everything is settled. */
  confirm(received: number, settledMs: number): void {
    this.#receive(received);
    this.#settledTo = Math.max(this.#settledTo, this.#bytesAt(settledMs));
    // A new session must also hear the frame before an utterance, to classify the utterance in the same way.
    this.#keep(settledMs - this.#frames.frame_ms);
  }

  /** The session continues over a new connection and has received so many messages: the later ones are sent again. */
  resume(received: number): Continuation {
    this.#receive(received);
    this.#sent = this.#received;
    return { fromMs: this.msOf(this.#receivedTo), lostMs: 0 };
  }

  /** The session has ended, after it classified everything that it received. */
  settleReceived(): void {
    this.#settledTo = this.#receivedTo;
    this.#keep(this.msOf(this.#receivedTo - this.#origin));
  }

  /** A new session takes over, beginning with the oldest audio that is kept. */
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

  /** Drops everything before the session's last multiple of the hop that is not later than `sessionMs`. */
  #keep(sessionMs: number): void {
    const { hop_ms } = this.#frames;
    this.#keepFrom = Math.max(this.#keepFrom, this.#bytesAt(Math.max(0, Math.floor(sessionMs / hop_ms) * hop_ms)));
    this.#dropWhile((entry) => entry.end <= this.#keepFrom);
  }

  #bytesAt(sessionMs: number): number {
    return this.#origin + Math.round((sessionMs * this.#bytesPerMs) / this.#group) * this.#group;
  }

  /** Removes audio that need not be kept from the beginning of the first message. */
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
      // Until the stream has ended, another server may have to be told that no more audio comes.
      if (entry.message.type === 'close') break;
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
