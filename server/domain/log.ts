/** A logger with the methods of pino. It is never given audio or a secret. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

const ignore = (): void => undefined;

/** Discards everything: for callers that learn what they need from the result. */
export const silentLog: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
