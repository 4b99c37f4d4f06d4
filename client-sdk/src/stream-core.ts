import type { Closed, Ready, Resume, ServerMessage, StartDraft } from '../../proto/wire.js';
import { chunkBytes, type Chunk } from './chunk-bytes.js';
import { Continuity } from './continuity.js';
import { unlessAborted } from './aborting.js';
import { Deferred, quiet, rejected } from './deferred.js';
import { EarshotError } from './earshot-error.js';
import type { IntentStream, Waiting } from './intent-stream.js';
import { Lifeline, type LifelineListener, type LifelineOptions } from './lifeline.js';
import { MessageFan } from './message-fan.js';
import { ReplayRing, type Counted } from './replay-ring.js';
import { Room } from './room.js';
import type { Ended, StreamEvents, StreamMessage, StreamState, Subscribable } from './stream-events.js';
import { configureFrom, withSettings, type Settings } from './stream-options.js';

export interface CoreOptions extends LifelineOptions {
  readonly start: StartDraft;
  /** Milliseconds of audio that may wait for the server. */
  readonly bufferMs: number;
}

/** One stream, as a state machine on top of a Lifeline; it depends on no runtime and no transport. */
export class StreamCore implements IntentStream, LifelineListener {
  readonly #start: StartDraft;
  readonly #bufferMs: number;
  readonly #lifeline: Lifeline;
  readonly #ring: ReplayRing;
  readonly #continuity = new Continuity();
  readonly #fan = new MessageFan();
  readonly #opening = new Deferred<Ready>();
  readonly #ending = new Deferred<Ended>();
  #state: StreamState = 'connecting';
  #ready: Ready | null = null;
  #ended: Ended | null = null;
  #isFull = false;
  #droppedMs = 0;
  readonly #room = new Room(
    () => !this.#isFull && this.#ring.waitingMs < this.#bufferMs / 2,
    () => this.backlogMs,
  );

  constructor(options: CoreOptions) {
    this.#start = options.start;
    this.#bufferMs = options.bufferMs;
    this.#ring = new ReplayRing(options.start.audio);
    this.#lifeline = new Lifeline(options, this);
    const { observable } = Symbol as { observable?: symbol };
    if (observable !== undefined) Object.defineProperty(this, observable, { value: () => this['@@observable']() });
    this.#lifeline.open();
  }

  get state(): StreamState {
    return this.#state;
  }

  get opened(): Promise<Ready> {
    return this.#opening.promise;
  }

  get ready(): Ready {
    if (this.#ready === null) throw new EarshotError('invalid_state', 'ready is known once the stream is open');
    return this.#ready;
  }

  get closed(): Promise<Ended> {
    return this.#ending.promise;
  }

  get backlogMs(): number {
    return this.#ring.backlogMs;
  }

  get droppedMs(): number {
    return this.#droppedMs;
  }

  get droppedTentatives(): number {
    return this.#fan.dropped;
  }

  send(chunk: Chunk, { signal }: Waiting = {}): Promise<number> {
    return this.#whileTaking('send', () => {
      const bytes = chunkBytes(chunk, this.#start.audio.encoding);
      if (this.#ring.waitingMs >= this.#bufferMs) return this.#drop(this.#ring.msOf(bytes.length));
      this.#ring.pushAudio(bytes);
      this.#pump();
      return unlessAborted(this.#room.wait(), signal, 'waiting for room');
    });
  }

  configure(settings: Settings): Promise<void> {
    return this.#whileTaking('configure', () => this.#put(configureFrom(settings)));
  }

  finalize(): Promise<void> {
    return this.#whileTaking('finalize', () => this.#put({ type: 'finalize' }));
  }

  close({ signal }: Waiting = {}): Promise<Closed> {
    if (this.#state !== 'draining' && this.#state !== 'closed') {
      this.#setState('draining');
      void this.#put({ type: 'close' });
    }
    const totals = this.closed.then((ended) => (ended.error === null ? ended.totals : rejected(ended.error)));
    return unlessAborted(totals, signal, 'close()');
  }

  abort(): void {
    this.fail(new EarshotError('aborted', 'the stream was aborted by its owner'));
  }

  /** Ends the stream at once with this error, unless it has already ended. */
  fail(error: EarshotError): void {
    this.#lifeline.end();
    this.failed(error);
  }

  on<K extends keyof StreamEvents>(type: K, listener: (event: StreamEvents[K]) => void, until?: Waiting): () => void {
    return this.#fan.on(type, listener, until?.signal);
  }

  [Symbol.asyncIterator](): AsyncIterator<StreamMessage, undefined> {
    return this.#fan.reader();
  }

  ['@@observable'](): Subscribable<StreamMessage> {
    return this.#fan.observable();
  }

  start(resume: Omit<Resume, 'last_event_seq'> | null): StartDraft {
    const start = { ...this.#start, receipts: true };
    if (resume) return { ...start, resume: { ...resume, last_event_seq: this.#continuity.lastSeq } };
    return withSettings(start, this.#ring.settings);
  }

  up(ready: Ready & { seq: number }): void {
    const isFirst = this.#ready === null;
    this.#ready = ready;
    this.#ring.layFrames(ready.model);
    this.#isFull = false;
    if (isFirst) this.#push(ready);
    else this.#goOn(ready);
    if (this.#state !== 'draining') this.#setState('open');
    this.#opening.resolve(ready);
    this.drained();
  }

  received(message: Exclude<ServerMessage, { type: 'ready' | 'error' }>): void {
    if (message.type === 'receipt') this.#ring.confirm(message.received_messages, message.settled_ms);
    else if (message.type === 'closed') this.#sessionClosed(message);
    else this.#push(message);
    this.#room.check();
  }

  drained(): void {
    this.#isFull = false;
    this.#pump();
    this.#room.check();
  }

  down(): void {
    if (this.#state !== 'draining') this.#setState('reconnecting');
  }

  failed(error: EarshotError): void {
    this.#end({ reason: error.code, totals: null, error });
  }

  #goOn(ready: Ready & { seq: number }): void {
    const resumed = ready.received_messages !== undefined;
    const { fromMs, lostMs } = resumed ? this.#ring.resume(ready.received_messages) : this.#ring.restart();
    if (!resumed) this.#continuity.restart(fromMs);
    this.#fan.tell('reconnected', { resumed, lostMs });
  }

  #sessionClosed(closed: Closed & { type: 'closed'; seq: number }): void {
    if (this.#state === 'draining' && this.#ring.isReceived) {
      const totals = this.#push(closed);
      this.#lifeline.end();
      return this.#end({ reason: 'closed', totals, error: null });
    }
    // The server ended the session by itself, because it drains: it has classified what it received; a new session gets the rest.
    this.#continuity.endSession(closed);
    this.#ring.settleReceived();
    this.#lifeline.restart(new EarshotError('disconnected', 'the server has ended its session', { retryable: true }));
  }

  #push<M extends StreamMessage>(message: M): M {
    const said = this.#continuity.take(message) as M | null;
    if (said) this.#fan.push(said);
    if (this.#fan.isOverfull) this.fail(new EarshotError('unread', 'nobody reads the messages of the stream'));
    return said ?? message;
  }

  #put(message: Exclude<Counted, { type: 'audio' }>): Promise<void> {
    this.#ring.push(message);
    this.#pump();
    return Promise.resolve();
  }

  #pump(): void {
    while (this.#lifeline.isUp && !this.#isFull) {
      const message = this.#ring.next();
      if (message === null) return;
      this.#isFull = !this.#lifeline.send(message);
    }
  }

  #drop(ms: number): Promise<never> {
    this.#droppedMs += ms;
    this.#fan.tell('dropped', { ms });
    const message = `${Math.round(this.backlogMs)} ms of audio wait for the server, of ${this.#bufferMs} ms at most: the chunk was not taken`;
    return rejected(new EarshotError('buffer_full', message, { retryable: true }));
  }

  #setState(state: StreamState): void {
    const previous = this.#state;
    // A listener may have ended the stream in the middle of a change.
    if (state === previous || previous === 'closed') return;
    this.#state = state;
    this.#fan.tell('state', { state, previous });
  }

  #end(ended: Ended): void {
    if (this.#ended !== null) return;
    this.#ended = ended;
    this.#setState('closed');
    if (ended.error) this.#opening.reject(ended.error);
    this.#room.end(ended.error);
    this.#ending.resolve(ended);
    this.#fan.end(ended);
  }

  /** Runs `action` if the stream still accepts audio; otherwise rejects with the reason why it does not. */
  #whileTaking<T>(method: string, action: () => Promise<T>): Promise<T> {
    if (this.#state === 'draining' || this.#state === 'closed') {
      const message = `${method}() needs a stream that was not closed; this one is ${this.#state}`;
      return rejected(this.#ended?.error ?? new EarshotError('invalid_state', message));
    }
    try {
      return quiet(action());
    } catch (error) {
      return rejected(error as Error);
    }
  }
}
