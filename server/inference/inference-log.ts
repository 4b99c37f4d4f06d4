/** Where inference tells of its start and its troubles; pino fits. */
export interface InferenceLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

const ignore = (): void => undefined;

/** For those who are told otherwise. */
export const silentLog: InferenceLog = { info: ignore, warn: ignore, error: ignore };
