/** What a caller may do; null where nothing limits it. */
export interface Rights {
  /** Names of the models that it may use. */
  readonly models: readonly string[] | null;
  /** Most streams, and recordings under way, at a time. */
  readonly maxStreams: number | null;
  /** Seconds of audio, over all channels, within any hour. */
  readonly audioSecondsPerHour: number | null;
  /** Where pages must come from that use its credentials. */
  readonly origins: readonly string[] | null;
  /** Whether it may read the server's metrics, which tell of everybody. */
  readonly metrics: boolean;
}

/** Who a caller is, as far as its limits go: credentials with the same `name` are the same caller. */
export interface Identity {
  /** Never a secret; logged only in the field `identity`. */
  readonly name: string;
  readonly rights: Rights;
}

/** Rights without any limit. */
export const ALL_RIGHTS: Rights = {
  models: null,
  maxStreams: null,
  audioSecondsPerHour: null,
  origins: null,
  metrics: true,
};

/** Whoever calls a server that asks nobody who they are. */
export const ANYBODY: Identity = { name: 'anybody', rights: ALL_RIGHTS };
