import type { Clock } from './clock.js';

/** What is done about silence. */
export interface SilenceListener {
  /** Nothing was said or heard for a third of the server's patience. */
  keepAlive(): void;
  /** Nothing was heard for so many milliseconds, although the server answers every keepalive. */
  heardNothing(ms: number): void;
}

/** Watches one connection: says that the stream is wanted, and notices a connection that only seems to live. */
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

  /** Begins to watch a connection whose server ends it after `idleTimeoutMs` of silence. */
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

  said(): void {
    this.#saidAt = this.#clock.now();
  }

  heard(): void {
    this.#heardAt = this.#clock.now();
    this.#isAsked = false;
  }

  /** Says a keepalive now; the server is to answer it. */
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
    // Unless it was asked, it is this look that comes late: the process was busy or asleep, or a browser holds back the timers of its page.
    if (this.#isAsked && silentFor >= idleTimeoutMs / 2) return this.#listener.heardNothing(Math.round(silentFor));
    // While nothing is heard it is asked too: audio alone is answered only when a frame of it is classified.
    if (now - this.#saidAt < idleTimeoutMs / 3 && silentFor < idleTimeoutMs / 3) return;
    this.ask();
  }
}
