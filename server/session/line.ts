import { Subscription } from 'rxjs';
import type { Caller, CallerMessage } from './caller.js';

/** Who hears what comes over a line. */
export interface Listener {
  hear(message: CallerMessage): void;
  /** The connection is gone; nothing more comes. */
  hungUp(): void;
}

/** One caller's connection with one listener at a time: a session may hand its caller to the stream that the caller resumes. */
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

  /** From now on `listener` hears what the caller says. */
  handTo(listener: Listener): void {
    this.listener = listener;
  }

  /** Hears no more. */
  close(): void {
    this.listener = null;
    this.hearing.unsubscribe();
  }
}
