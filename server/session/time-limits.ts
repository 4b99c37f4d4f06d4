import { refusal, type Refusal } from '../domain/error-code.js';
import { milliseconds, type Milliseconds } from '../domain/units.js';
import type { CallerMessage, SessionLimits } from './caller.js';
import type { Clock } from '../domain/clock.js';
import { Patience } from './patience.js';

/** What is done about time that runs out. */
export interface TimeListener {
  /** Whether its caller cannot be heard, because it is not being read. */
  readonly isPaused: boolean;
  warned(code: string, message: string): void;
  refuse(why: Refusal): void;
  /** The stream is open for nearly as long as one may be: after `grace` it has to end. */
  mustEndSoon(grace: Milliseconds): void;
  finish(end: 'drained'): void;
}

/** How long before its end a stream is told that it may not go on; of a short limit, a tenth of it. */
const NOTICE_MS = 60_000;

/** What a session may cost in time: until `start` comes, in silence, and in all. */
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

  /** Waits anew. */
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
        // A caller that is not being read cannot be heard.
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
