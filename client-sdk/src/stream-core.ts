import type { ClientDraft, Closed, Decoded, Ready, ServerMessage, StartDraft } from '../../proto/wire.js';
import { chunkBytes, pieces, type Chunk } from './chunk-bytes.js';
import type { Connect, Connection, ConnectionEvents } from './connection.js';
import { Deferred, rejected } from './deferred.js';
import { EarshotError } from './earshot-error.js';
import type { IntentStream, StreamState } from './intent-stream.js';
import { MessageQueue } from './message-queue.js';
import { configureFrom, type Settings } from './stream-options.js';

/** What a protobuf envelope may add to an audio message. */
const ENVELOPE_BYTES = 16;

/** One stream as a state machine over a connection; knows no runtime, no socket and no clock. */
export class StreamCore implements IntentStream, ConnectionEvents {
  readonly #start: StartDraft;
  readonly #connection: Connection;
  readonly #opening = new Deferred<IntentStream>();
  readonly #closing = new Deferred<Closed>();
  readonly #messages = new MessageQueue();
  #room: Deferred<undefined> | null = null;
  #state: StreamState = 'connecting';
  #ready: Ready | null = null;
  #failure: EarshotError | null = null;

  constructor(start: StartDraft, connect: Connect) {
    this.#start = start;
    this.#connection = connect(this);
  }

  /** Resolves at `ready`; rejects with EarshotError when the stream ends before. */
  get opening(): Promise<IntentStream> {
    return this.#opening.promise;
  }

  get state(): StreamState {
    return this.#state;
  }

  get ready(): Ready {
    if (this.#ready === null) throw new EarshotError('invalid_state', 'ready is known once the stream is open');
    return this.#ready;
  }

  get closed(): Promise<Closed> {
    return this.#closing.promise;
  }

  get droppedTentatives(): number {
    return this.#messages.dropped;
  }

  send(chunk: Chunk): Promise<void> {
    return this.#whenOpen('send', () => {
      const most = this.ready.limits.max_message_bytes - ENVELOPE_BYTES;
      const bytes = chunkBytes(chunk, this.#start.audio.encoding);
      return [...pieces(bytes, most)].map((piece) => ({ type: 'audio', bytes: piece }));
    });
  }

  configure(settings: Settings): Promise<void> {
    return this.#whenOpen('configure', () => [configureFrom(settings)]);
  }

  finalize(): Promise<void> {
    return this.#whenOpen('finalize', () => [{ type: 'finalize' }]);
  }

  keepalive(): Promise<void> {
    return this.#whenOpen('keepalive', () => [{ type: 'keepalive' }]);
  }

  close(): Promise<Closed> {
    if (this.#state === 'connecting') return rejected(this.#outOfState('close'));
    if (this.#state === 'open') {
      this.#state = 'draining';
      this.#connection.send({ type: 'close' });
    }
    return this.#closing.promise;
  }

  abort(): void {
    this.fail(new EarshotError('aborted', 'the stream was aborted by its owner'));
  }

  /** Ends the stream at once with this error, unless it has ended. */
  fail(error: EarshotError): void {
    if (this.#state === 'closed') return;
    this.#end(error);
    this.#connection.abort();
  }

  [Symbol.asyncIterator](): AsyncIterator<ServerMessage, undefined> {
    return { next: () => this.#messages.next() };
  }

  opened(): void {
    if (this.#state === 'connecting') this.#connection.send(this.#start);
  }

  received(reading: Decoded<ServerMessage>): void {
    if (this.#state === 'closed') return;
    const violation = reading.ok ? this.#violationBy(reading.message) : reading.problem;
    if (violation !== null) this.fail(new EarshotError('protocol_violation', violation));
    else if (reading.ok) this.#take(reading.message);
  }

  drained(): void {
    this.#room?.resolve(undefined);
    this.#room = null;
  }

  ended(error: EarshotError): void {
    if (this.#state !== 'closed') this.#end(error);
  }

  #violationBy({ type }: ServerMessage): string | null {
    const isFirst = this.#state === 'connecting';
    if (type === 'error' || isFirst === (type === 'ready')) return null;
    return `${type} came ${isFirst ? 'before' : 'after'} ready`;
  }

  #take(message: ServerMessage): void {
    if (message.type === 'error') {
      this.#finish(EarshotError.from(message));
      return;
    }
    this.#messages.push(message);
    if (message.type === 'ready') this.#open(message);
    else if (message.type === 'closed') this.#finish(message);
  }

  #open(ready: Ready): void {
    this.#ready = ready;
    this.#state = 'open';
    this.#opening.resolve(this);
  }

  #finish(outcome: Closed | EarshotError): void {
    this.#end(outcome);
    this.#connection.close();
  }

  #end(outcome: Closed | EarshotError): void {
    this.#state = 'closed';
    if (outcome instanceof EarshotError) this.#endBadly(outcome);
    else this.#closing.resolve(outcome);
    this.#messages.end(this.#failure);
    this.drained();
  }

  #endBadly(error: EarshotError): void {
    this.#failure = error;
    this.#opening.reject(error);
    this.#closing.reject(error);
    this.#room?.reject(error);
  }

  #whenOpen(method: string, messages: () => readonly ClientDraft[]): Promise<void> {
    if (this.#state !== 'open') return rejected(this.#failure ?? this.#outOfState(method));
    try {
      for (const message of messages()) {
        if (!this.#connection.send(message)) this.#room ??= new Deferred();
      }
    } catch (error) {
      return rejected(error as Error);
    }
    return this.#room?.promise ?? Promise.resolve();
  }

  #outOfState(method: string): EarshotError {
    return new EarshotError('invalid_state', `${method}() needs an open stream; this one is ${this.#state}`);
  }
}
