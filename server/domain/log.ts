/** A logger as pino shapes it. Neither audio nor a secret reaches it. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

const ignore = (): void => undefined;

/** For those who are told otherwise. */
export const silentLog: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
