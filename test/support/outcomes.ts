import type { Classified, Turn } from '../../server/domain/outcome.js';

/** A classified outcome; `change` overrides fields. */
export const classified = (logits: readonly number[], change: Partial<Classified> = {}): Classified => ({
  kind: 'classified',
  logits: Float32Array.from(logits),
  nextState: null,
  speech: null,
  queueMs: 1,
  inferMs: 2,
  ...change,
});

/** A turn that waits behind no other. */
export const AT_ONCE: Turn = { tenant: '', liveAt: 0, dueAt: 0 };

/** A promise that the test settles. */
export const deferred = <T>(): { promise: Promise<T>; resolve: (value: T) => void } => {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
};

/** Lets every promise callback that is due run. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
