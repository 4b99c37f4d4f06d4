/** What a caller may do; null means no limit. */
export interface Rights {
  /** Names of the models that it may use. */
  readonly models: readonly string[] | null;
  /** Most streams and recordings at a time. */
  readonly maxStreams: number | null;
  /** Seconds of audio, over all channels, within any hour. */
  readonly audioSecondsPerHour: number | null;
  /** Origins of the web pages that may use its credentials. */
  readonly origins: readonly string[] | null;
  /** Whether it may read the server's metrics, which cover all callers. */
  readonly metrics: boolean;
}

/** Whose limits apply to a caller: all credentials with the same `name` count as one caller. */
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

/** The identity of every caller of a server that requires no authentication. */
export const ANYBODY: Identity = { name: 'anybody', rights: ALL_RIGHTS };
