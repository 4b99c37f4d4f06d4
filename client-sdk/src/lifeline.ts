import type { ClientDraft, Decoded, Ready, Resume, ServerMessage } from '../../proto/wire.js';
import { backoffMs } from './backoff.js';
import type { Clock } from './clock.js';
import type { Connect } from './connection.js';
import { EarshotError } from './earshot-error.js';
import { Keepalive } from './keepalive.js';
import { Link } from './link.js';

/** What is said over a lifeline, and what is done about its breaks. */
export interface LifelineListener {
  /** The start to say: of the stream that goes on, or of a new session. */
  start(resume: Omit<Resume, 'last_event_seq'> | null): ClientDraft;
  /** Messages can be sent. */
  up(ready: Ready & { seq: number }): void;
  received(message: Exclude<ServerMessage, { type: 'ready' | 'error' }>): void;
  drained(): void;
  /** The connection is lost, and another is being sought. */
  down(error: EarshotError): void;
  /** There is no connection and none will be sought. */
  failed(error: EarshotError): void;
}

export interface LifelineOptions {
  readonly connect: Connect;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Until a connection must be ready. */
  readonly connectTimeoutMs: number;
  /** How long a lost connection is sought; 0: not at all. */
  readonly reconnectTimeoutMs: number;
}

/** A connection that is sought again when it is lost, after growing, randomised pauses. The first attempt alone must succeed. */
export class Lifeline {
  readonly #options: LifelineOptions;
  readonly #listener: LifelineListener;
  readonly #keepalive: Keepalive;
  #link: Link | null = null;
  #session: Omit<Resume, 'last_event_seq'> | null = null;
  #isUp = false;
  #isOver = false;
  #hasBeenUp = false;
  #lostAt = 0;
  #attempt = 0;
  #timer: { cancel(): void } | null = null;

  constructor(options: LifelineOptions, listener: LifelineListener) {
    this.#options = options;
    this.#listener = listener;
    this.#keepalive = new Keepalive(options.clock, {
      keepAlive: () => this.#link?.send({ type: 'keepalive' }),
      heardNothing: (ms) =>
        this.#lose(new EarshotError('disconnected', `nothing was heard for ${ms} ms`, { retryable: true })),
    });
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** Begins to connect. Called once. */
  open(): void {
    this.#seek();
  }

  /** False when so much is buffered that the sender should wait for `drained`. */
  send(message: ClientDraft): boolean {
    // Nothing else tells the server that the stream is wanted.
    if (message.type === 'audio') this.#keepalive.said();
    return this.#link?.send(message) ?? false;
  }

  /** The session is over, but not the stream: another session is sought. */
  restart(reason: EarshotError): void {
    this.#session = null;
    this.#leave('close');
    this.#lose(reason);
  }

  /** Ends the connection; none is sought. */
  end(): void {
    this.#isUp = false;
    this.#isOver = true;
    this.#timer?.cancel();
    this.#keepalive.stop();
    this.#leave('close');
  }

  #seek(): void {
    const { connect, clock, connectTimeoutMs } = this.#options;
    const late = new EarshotError('connect_timeout', `the server was not ready within ${connectTimeoutMs} ms`, {
      retryable: true,
    });
    this.#timer = clock.after(connectTimeoutMs, () => {
      this.#leave('drop');
      this.#ended(late);
    });
    this.#link = new Link(connect, {
      opened: (link) => void link.send(this.#listener.start(this.#session)),
      received: (reading) => this.#received(reading),
      drained: () => this.#listener.drained(),
      ended: (error) => this.#ended(error),
    });
  }

  #received(reading: Decoded<ServerMessage>): void {
    this.#keepalive.heard();
    if (!reading.ok) return this.#violated(reading.problem);
    const { message } = reading;
    if (message.type === 'error') this.#refused(EarshotError.from(message));
    else if (message.type === 'ready') this.#ready(message);
    else if (this.#isUp) this.#told(message);
    else this.#violated(`${message.type} came before ready`);
  }

  #told(message: Exclude<ServerMessage, { type: 'ready' | 'error' }>): void {
    // Timers alone are too late for it in a page in the background: browsers hold them back for a minute.
    if (message.type === 'warning' && message.code === 'idle') this.#keepalive.ask();
    this.#listener.received(message);
  }

  #ready(ready: Ready & { seq: number }): void {
    if (this.#isUp) return this.#violated('ready came after ready');
    this.#timer?.cancel();
    this.#isUp = true;
    this.#hasBeenUp = true;
    this.#attempt = 0;
    const { session_id, resume_token, limits } = ready;
    this.#session = resume_token === '' ? null : { session_id, resume_token };
    this.#keepalive.start(limits.idle_timeout_ms);
    this.#listener.up(ready);
  }

  #violated(problem: string): void {
    this.#fail(new EarshotError('protocol_violation', problem));
  }

  /** The server says that the stream, or the attempt to go on with it, is at an end. */
  #refused(error: EarshotError): void {
    if (this.#isUp) return this.#fail(error);
    this.#leave('close');
    this.#ended(error);
  }

  #ended(error: EarshotError): void {
    if (this.#isUp) this.#lose(error);
    else if (!this.#hasBeenUp) this.#fail(error);
    else this.#retry(error);
  }

  #lose(error: EarshotError): void {
    const { reconnectTimeoutMs, clock } = this.#options;
    this.#isUp = false;
    this.#keepalive.stop();
    if (reconnectTimeoutMs === 0) return this.#fail(error);
    this.#lostAt = clock.now();
    this.#listener.down(error);
    // Who is told may have ended it.
    if (!this.#isOver) this.#retry(error);
  }

  #retry(error: EarshotError): void {
    this.#timer?.cancel();
    // The server, not this side of the wire, knows nothing of the session any more: a new one goes on.
    const isServers = error.serverMessage !== null || error.closeCode !== null;
    const isForgotten = this.#session !== null && isServers && error.code === 'bad_request';
    if (isForgotten) this.#session = null;
    const { reconnectTimeoutMs, clock, random } = this.#options;
    const isTooLate = clock.now() - this.#lostAt >= reconnectTimeoutMs;
    if (!isForgotten && (isTooLate || !error.retryable)) return this.#fail(error);
    this.#leave('drop');
    const asked = error.serverMessage?.retry_after_ms ?? 0;
    this.#timer = clock.after(asked + backoffMs(this.#attempt, random()), () => this.#seek());
    this.#attempt += 1;
  }

  /** What is left of the old connection tells nothing more. */
  #leave(how: 'close' | 'drop'): void {
    const link = this.#link;
    this.#link = null;
    link?.[how]();
  }

  #fail(error: EarshotError): void {
    this.end();
    this.#listener.failed(error);
  }
}
