import { Subscription } from 'rxjs';
import type { Caller, CallerMessage } from './caller.js';

/** Receives what arrives over a line. */
export interface Listener {
  hear(message: CallerMessage): void;
  /** The connection is gone; nothing more comes. */
  hungUp(): void;
}

/** One caller's connection, with one listener at a time: a session can hand it to the session that the caller resumes. */
export class Line {
  private readonly hearing = new Subscription();
  private listener: Listener | null = null;

  constructor(readonly caller: Caller) {}

  /** Begins to listen to the caller. Called once. */
  open(listener: Listener): void {
    this.listener = listener;
    this.hearing.add(
      this.caller.messages.subscribe({
        next: (message) => this.listener?.hear(message),
        complete: () => this.listener?.hungUp(),
      }),
    );
  }

  /** From now on `listener` gets the caller's messages. */
  handTo(listener: Listener): void {
    this.listener = listener;
  }

  /** Stops listening to the caller. */
  close(): void {
    this.listener = null;
    this.hearing.unsubscribe();
  }
}
