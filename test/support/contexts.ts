import type { ModelCard } from '../../server/domain/model-card.js';
import type { Classify } from '../../server/domain/outcome.js';
import { milliseconds } from '../../server/domain/units.js';
import type { SessionLimits } from '../../server/session/caller.js';
import { Admission } from '../../server/session/admission.js';
import { systemClock } from '../../server/domain/clock.js';
import { silentLog } from '../../server/domain/log.js';
import { ModelShelf } from '../../server/session/served-model.js';
import type { SessionContext, SessionObserver } from '../../server/session/session-context.js';
import { statelessCard } from './cards.js';
import { classified } from './outcomes.js';

export const silentObserver: SessionObserver = {
  sessionOpened: ignore,
  sessionEnded: ignore,
  announced: ignore,
  tentativeLeftOut: ignore,
  audioReceived: ignore,
  silencePassedOver: ignore,
  turnedAway: ignore,
};

function ignore(): void {
  // The tests that use this observer do not look at its events.
}

export const sayingBalance: Classify = () => Promise.resolve(classified([4, 0, 0]));

/** A shelf with one scripted model. */
export const shelfOf = (classify: Classify, card: ModelCard = statelessCard()): ModelShelf => {
  const shelf = new ModelShelf();
  shelf.place([{ card, provider: 'cpu', precision: 'fp32', classify, use: () => () => undefined }], null);
  return shelf;
};

/** The default limits of a server; `change` overrides some. */
export const sessionLimits = (change: Partial<SessionLimits> = {}): SessionLimits => ({
  startTimeout: milliseconds(5_000),
  idleTimeout: milliseconds(30_000),
  maxStream: milliseconds(86_400_000),
  resumeWindow: milliseconds(30_000),
  ...change,
});

/** A context for sessions, with a scripted model; `change` overrides parts of it. */
export const contextWith = (change: Partial<SessionContext> = {}): SessionContext => ({
  models: shelfOf(sayingBalance),
  admission: new Admission(systemClock),
  limits: sessionLimits(),
  maxFramesUnderWay: 2,
  maxSessions: 100,
  maxPending: 100,
  clock: systemClock,
  observer: silentObserver,
  tracing: null,
  log: silentLog,
  ...change,
});
