import type { Config } from '../config.js';
import type { Log } from '../domain/log.js';
import { livingThreads } from '../inference/worker-link.js';
import type { RunningServer } from '../main.js';

/** Handles signals, even before the server has started: what cannot be done while its models load is done right afterwards. */
export class Signals {
  private server: RunningServer | null = null;
  private isStopping = false;
  private isReloadWanted = false;

  /** Listens for signals from now on. */
  constructor(
    private readonly config: Pick<Config, 'logLevel' | 'drainGraceMs'>,
    private readonly log: Log & { level: string },
  ) {
    const stop = (signal: string) => this.stop(signal);
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
    // A terminal that is closed also sends SIGHUP: a server that runs in one stops with it.
    process.on('SIGHUP', (signal) => (process.stdin.isTTY ? stop(signal) : this.reload()));
    process.on('SIGUSR2', () => this.changeLevel());
  }

  /** Takes the server once it has started; false where a signal had asked it to stop before, so that it is stopping. */
  started(server: RunningServer): boolean {
    this.server = server;
    if (this.isStopping) this.drain(server);
    else if (this.isReloadWanted) this.reload();
    return !this.isStopping;
  }

  private stop(signal: string): void {
    if (this.isStopping) return this.end(1);
    this.isStopping = true;
    this.log.info({ signal, graceMs: this.config.drainGraceMs }, 'draining');
    if (this.server) this.drain(this.server);
    // A process that exits while native code opens graphs would abort.
    else this.log.info({}, 'the models are still being loaded: the server ends as soon as they are');
  }

  private drain(server: RunningServer): void {
    void server.drain().then(() => {
      this.log.info({}, 'drained');
      this.end(0);
    });
  }

  /** Kills the process if worker threads are left: an exit would wait for hanging native code, or abort as a graph opens. */
  private end(code: number): void {
    const threads = livingThreads();
    if (threads === 0) process.exit(code);
    this.log.error({ threads }, 'worker threads have not ended: the process is killed');
    process.kill(process.pid, 'SIGKILL');
  }

  private reload(): void {
    if (this.server) return void this.server.reload();
    this.isReloadWanted = true;
    this.log.info({}, 'the models are still being loaded: they are loaded anew as soon as they are');
  }

  private changeLevel(): void {
    const { log } = this;
    const { logLevel } = this.config;
    const wordy = logLevel === 'debug' ? 'trace' : 'debug';
    log.level = log.level === logLevel ? wordy : logLevel;
    log.warn({ level: log.level }, 'the log level was changed');
  }
}
