import { writeSync } from 'node:fs';
import { pino, type Logger } from 'pino';

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * Logs one JSON line per entry to standard error; standard output is for text that people read. A line that cannot be written,
 * because the disk is full or the reader does not read, is lost; the number of lost lines is logged after the next line that
 * can be written.
 */
export const createLogger = (level: LogLevel, fd = 2): Logger => {
  const lines = new Lines(fd);
  const logger = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, lines);
  lines.onWritable = (lost) => logger.warn({ lines: lost }, 'lines of the log were lost: it could not be written');
  return logger;
};

/** Writes lines to a file descriptor without ever waiting. */
class Lines {
  onWritable: (lost: number) => void = () => undefined;
  private lost = 0;
  /** Whether the last line was written only in part, so that the next must begin on a new line. */
  private isTorn = false;

  constructor(private readonly fd: number) {}

  write(line: string): void {
    if (!this.put(line)) this.lost++;
    else if (this.lost > 0) {
      const { lost } = this;
      this.lost = 0;
      this.onWritable(lost);
    }
  }

  private put(line: string): boolean {
    const bytes = Buffer.from(this.isTorn ? `\n${line}` : line);
    try {
      const isWhole = writeSync(this.fd, bytes) === bytes.length;
      this.isTorn = !isWhole;
      return isWhole;
    } catch {
      return false;
    }
  }
}
