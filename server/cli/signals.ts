import type { Config } from '../config.js';
import type { Log } from '../domain/log.js';
import { livingThreads } from '../inference/worker-link.js';
import type { RunningServer } from '../main.js';

/** What signals ask of a server, from before it has started: what cannot be done while its models load is done right afterwards. */
export class Signals {
  private server: RunningServer | null = null;
  private isStopping = false;
  private isReloadWanted = false;

  /** Listens from now on. */
  constructor(
    private readonly config: Pick<Config, 'logLevel' | 'drainGraceMs'>,
    private readonly log: Log & { level: string },
  ) {
    const stop = (signal: string) => this.stop(signal);
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
    // A terminal that is closed says SIGHUP too: a server that runs in one goes with it.
    process.on('SIGHUP', (signal) => (process.stdin.isTTY ? stop(signal) : this.reload()));
    process.on('SIGUSR2', () => this.changeLevel());
  }

  /** The server is there; false where it was told to stop before, and is on its way out. */
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
    // A process that ends while native code opens graphs aborts.
    else this.log.info({}, 'the models are still being loaded: the server ends as soon as they are');
  }

  private drain(server: RunningServer): void {
    void server.drain().then(() => {
      this.log.info({}, 'drained');
      this.end(0);
    });
  }

  /** An exit waits for native code in threads, for ever where it hangs, and aborts where it opens a graph. */
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
