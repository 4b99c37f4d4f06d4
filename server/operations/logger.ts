import { writeSync } from 'node:fs';
import { pino, type Logger } from 'pino';

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * One JSON line an entry, on standard error: standard output belongs to what people read. A line that cannot be written, because its disk is full or
 * its reader does not read, is lost and counted; how many is said after the next that can be.
 */
export const createLogger = (level: LogLevel, fd = 2): Logger => {
  const lines = new Lines(fd);
  const logger = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, lines);
  lines.onWritable = (lost) => logger.warn({ lines: lost }, 'lines of the log were lost: it could not be written');
  return logger;
};

/** Lines to a file descriptor, never waiting. */
class Lines {
  onWritable: (lost: number) => void = () => undefined;
  private lost = 0;
  /** A line was cut short: the next begins after it. */
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
