import type { ClientDraft, Decoded, Ready, Resume, ServerMessage } from '../../proto/wire.js';
import { backoffMs } from './backoff.js';
import type { Clock } from './clock.js';
import type { Connect } from './connection.js';
import { EarshotError } from './earshot-error.js';
import { Keepalive } from './keepalive.js';
import { Link } from './link.js';

/** The shortest time that an attempt to reconnect gets, also when the time for reconnecting ends. */
const LEAST_ATTEMPT_MS = 1_000;

/** The owner of a Lifeline: it supplies the start message and learns what happens on the connection. */
export interface LifelineListener {
  /** Returns the start message to send: it resumes the session `resume`, or opens a new session if that is null. */
  start(resume: Omit<Resume, 'last_event_seq'> | null): ClientDraft;
  /** The server is ready: messages can be sent. */
  up(ready: Ready & { seq: number }): void;
  received(message: Exclude<ServerMessage, { type: 'ready' | 'error' }>): void;
  drained(): void;
  /** The connection is lost; the lifeline is going to reconnect. */
  down(error: EarshotError): void;
  /** There is no connection, and no further attempt will be made. */
  failed(error: EarshotError): void;
}

export interface LifelineOptions {
  readonly connect: Connect;
  readonly clock: Clock;
  /** Returns a number from 0 to 1; randomises the pauses between attempts. */
  readonly random: () => number;
  /** How long each connection may take until the server is ready. */
  readonly connectTimeoutMs: number;
  /** How long to try to replace a lost connection: no attempt begins later. 0 means not at all. */
  readonly reconnectTimeoutMs: number;
}

/** Keeps a stream connected: replaces a lost connection, with growing, randomised pauses. The first connection is tried only once. */
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

  /** Starts to connect. To be called once. */
  open(): void {
    this.#seek();
  }

  /** Sends a message. False means that the buffer is full: the sender should wait for `drained` before it sends more. */
  send(message: ClientDraft): boolean {
    // Apart from keepalives, only audio resets the server's idle timeout.
    if (message.type === 'audio') this.#keepalive.said();
    return this.#link?.send(message) ?? false;
  }

  /** The session has ended, but the stream has not: connects again for a new session. */
  restart(reason: EarshotError): void {
    this.#session = null;
    this.#leave('close');
    this.#lose(reason);
  }

  /** Closes the connection and does not reconnect. */
  end(): void {
    this.#isUp = false;
    this.#isOver = true;
    this.#timer?.cancel();
    this.#keepalive.stop();
    this.#leave('close');
  }

  #seek(): void {
    const { connect, clock } = this.#options;
    const patienceMs = this.#patienceMs();
    const late = new EarshotError('connect_timeout', `the server was not ready within ${patienceMs} ms`, {
      retryable: true,
    });
    this.#timer = clock.after(patienceMs, () => {
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

  /** How long the next attempt may take: one that replaces a lost connection no longer than there is time for that. */
  #patienceMs(): number {
    const { clock, connectTimeoutMs, reconnectTimeoutMs } = this.#options;
    if (!this.#hasBeenUp) return connectTimeoutMs;
    // One more, because timers may be a millisecond early.
    const leftMs = Math.ceil(this.#lostAt + reconnectTimeoutMs - clock.now()) + 1;
    return Math.min(connectTimeoutMs, Math.max(leftMs, LEAST_ATTEMPT_MS));
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
    // In a background page the keepalive timer may fire too late: browsers delay timers there by up to a minute.
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

  /** The server sent an `error`: it ends the stream, or, before `ready`, only this attempt to connect. */
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
    // The listener may have ended the stream in `down`.
    if (!this.#isOver) this.#retry(error);
  }

  #retry(error: EarshotError): void {
    this.#timer?.cancel();
    // A `bad_request` from the server, not from this client, means that it no longer knows the session: a new one continues.
    const isServers = error.serverMessage !== null || error.closeCode !== null;
    const isForgotten = this.#session !== null && isServers && error.code === 'bad_request';
    if (isForgotten) this.#session = null;
    const { reconnectTimeoutMs, clock } = this.#options;
    if (!isForgotten && !error.retryable) return this.#fail(error);
    const pauseMs = this.#pauseMs(error, isForgotten);
    if (pauseMs === null) return this.#fail(notRestored(error, reconnectTimeoutMs));
    this.#leave('drop');
    this.#timer = clock.after(pauseMs, () => this.#seek());
    this.#attempt += 1;
  }

  /** How long to wait before the next attempt; null where there is no time for it. A new session is always tried once more. */
  #pauseMs({ serverMessage }: EarshotError, isForNewSession: boolean): number | null {
    const { reconnectTimeoutMs, clock, random } = this.#options;
    const leftMs = this.#lostAt + reconnectTimeoutMs - clock.now();
    const askedMs = serverMessage?.retry_after_ms ?? 0;
    if (!isForNewSession && (leftMs <= 0 || leftMs < askedMs)) return null;
    // The last attempt is made when the time ends, not a pause later.
    return Math.max(askedMs, Math.min(askedMs + backoffMs(this.#attempt, random()), leftMs));
  }

  /** Lets go of the current connection, whose later events are ignored. */
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

function notRestored(last: EarshotError, withinMs: number): EarshotError {
  if (last.code === 'disconnected') return last;
  const message = `the connection was lost, and not restored within ${withinMs} ms; the last attempt: ${last.message}`;
  return new EarshotError('disconnected', message, { retryable: true, cause: last });
}
