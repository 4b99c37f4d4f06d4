import type { Clock } from './clock.js';

/** How a stream reacts to silence on its connection. */
export interface SilenceListener {
  /** A keepalive is to be sent now. */
  keepAlive(): void;
  /** Nothing came from the server for `ms`, although it must answer every keepalive: the connection is dead. */
  heardNothing(ms: number): void;
}

/** Watches one connection: sends keepalives so that the server does not end the stream as idle, and detects a dead connection. */
export class Keepalive {
  readonly #clock: Clock;
  readonly #listener: SilenceListener;
  #saidAt = 0;
  #heardAt = 0;
  #isAsked = false;
  #timer: { cancel(): void } | null = null;

  constructor(clock: Clock, listener: SilenceListener) {
    this.#clock = clock;
    this.#listener = listener;
  }

  /** Starts to watch a connection that the server ends after `idleTimeoutMs` without audio or keepalive. */
  start(idleTimeoutMs: number): void {
    this.stop();
    this.said();
    this.heard();
    const look = () => {
      this.#timer = this.#clock.after(idleTimeoutMs / 6, look);
      this.#look(idleTimeoutMs);
    };
    this.#timer = this.#clock.after(idleTimeoutMs / 6, look);
  }

  /** Audio or a keepalive was sent. */
  said(): void {
    this.#saidAt = this.#clock.now();
  }

  /** A message came from the server. */
  heard(): void {
    this.#heardAt = this.#clock.now();
    this.#isAsked = false;
  }

  /** Sends a keepalive now, which the server must answer. */
  ask(): void {
    this.said();
    this.#isAsked = true;
    this.#listener.keepAlive();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  #look(idleTimeoutMs: number): void {
    const now = this.#clock.now();
    const silentFor = now - this.#heardAt;
    // Without an unanswered keepalive the silence proves nothing: this check itself may be late, because the process was busy or
    // asleep, or because a browser throttles the timers of its page.
    if (this.#isAsked && silentFor >= idleTimeoutMs / 2) return this.#listener.heardNothing(Math.round(silentFor));
    // Silence alone is also a reason to ask: the server answers audio only once it has classified a frame of it.
    if (now - this.#saidAt < idleTimeoutMs / 3 && silentFor < idleTimeoutMs / 3) return;
    this.ask();
  }
}
