import type { ErrorCode } from '../domain/error-code.js';
import type { StreamEvent } from '../domain/stream-event.js';
import type { Admission } from './admission.js';
import type { SessionLimits } from './caller.js';
import type { Clock } from '../domain/clock.js';
import type { Log } from '../domain/log.js';
import type { Tracing } from './tracing.js';
import type { ModelShelf } from './served-model.js';

/** What the metrics learn of sessions. */
export interface SessionObserver {
  /** A caller was not admitted, or not served what it asked for; `code` says why. */
  turnedAway(transport: string, code: ErrorCode): void;
  sessionOpened(transport: string): void;
  /** `how` is `hung_up`, `done`, `drained`, `resumed` (its caller resumed an earlier stream) or an error code. */
  sessionEnded(transport: string, how: string): void;
  announced(event: StreamEvent): void;
  tentativeLeftOut(): void;
  audioReceived(seconds: number): void;
  /** Frames of silence between utterances, which were not classified. */
  silencePassedOver(frames: number): void;
}

/** What every session of a server shares. */
export interface SessionContext {
  readonly models: ModelShelf;
  readonly limits: SessionLimits;
  /** Frames of one channel that may be under way before its caller is slowed. */
  readonly maxFramesUnderWay: number;
  readonly maxSessions: number;
  /** Callers that may be connected without having sent start; beyond this number the longest waiting is refused. */
  readonly maxPending: number;
  /** Whether the memory and the workers can carry one more stream. */
  readonly admission: Admission;
  /** Null where streams are not traced. */
  readonly tracing: Tracing | null;
  readonly clock: Clock;
  readonly observer: SessionObserver;
  readonly log: Log;
}
