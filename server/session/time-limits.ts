import { refusal, type Refusal } from '../domain/error-code.js';
import { milliseconds, type Milliseconds } from '../domain/units.js';
import type { CallerMessage, SessionLimits } from './caller.js';
import type { Clock } from '../domain/clock.js';
import { Patience } from './patience.js';

/** Is notified when a time limit is near or over. */
export interface TimeListener {
  /** Whether the caller's messages cannot arrive, because the server has stopped reading them. */
  readonly isPaused: boolean;
  warned(code: string, message: string): void;
  refuse(why: Refusal): void;
  /** The stream has been open for nearly as long as allowed: it has to end after `grace`. */
  mustEndSoon(grace: Milliseconds): void;
  finish(end: 'drained'): void;
}

/** How long before its end a stream is warned that it may not go on; a tenth of the limit where that is shorter. */
const NOTICE_MS = 60_000;

/** The time limits of a session: until `start` comes, without audio or keepalive, and in all. */
export class TimeLimits {
  private patience: Patience;
  private length: { cancel(): void } | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly limits: SessionLimits,
    private readonly listener: TimeListener,
  ) {
    const { startTimeout: limitMs } = limits;
    const runOut = () => listener.refuse(refusal('start_timeout', `no start message came within ${limitMs} ms`));
    this.patience = new Patience(clock, { limitMs, runOut });
  }

  /** Only audio and keepalive say that the stream is still wanted. */
  hear({ kind }: CallerMessage): void {
    if (kind === 'audio' || kind === 'keepalive') this.heard();
  }

  /** Restarts the wait. */
  heard(): void {
    this.patience.heard();
  }

  /** The stream has begun. */
  started(): void {
    const { maxStream } = this.limits;
    const grace = milliseconds(Math.min(NOTICE_MS, Math.ceil(maxStream / 10)));
    this.length = this.clock.after(maxStream - grace, () => {
      this.length = this.clock.after(grace, () => this.listener.finish('drained'));
      this.listener.mustEndSoon(grace);
    });
    this.awaitAudio();
  }

  /** From now on audio or a keepalive is expected. */
  awaitAudio(): void {
    const { idleTimeout: limitMs } = this.limits;
    const warnAfterMs = Math.floor((limitMs * 2) / 3);
    const silence = `neither audio nor keepalive came for`;
    this.patience.end();
    this.patience = new Patience(this.clock, {
      limitMs,
      warnAfterMs,
      warn: () => {
        const message = `${silence} ${warnAfterMs} ms: after ${limitMs} ms the stream is ended`;
        if (!this.listener.isPaused) this.listener.warned('idle', message);
      },
      runOut: () => {
        // The messages of a caller cannot arrive while the server does not read them.
        if (this.listener.isPaused) this.awaitAudio();
        else this.listener.refuse(refusal('idle_timeout', `${silence} ${limitMs} ms`));
      },
    });
  }

  /** Nothing more is expected from the caller. */
  stopWaiting(): void {
    this.patience.end();
  }

  end(): void {
    this.patience.end();
    this.length?.cancel();
  }
}
