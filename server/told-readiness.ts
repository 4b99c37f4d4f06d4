import type { Clock } from './domain/clock.js';
import type { GrpcServer } from './transports/grpc/grpc-server.js';
import type { Readiness } from './transports/http/readiness.js';

const LOOK_EVERY_MS = 1_000;

/** Keeps the health checks of gRPC at what `/readyz` answers, a second behind it at most. */
export class ToldReadiness {
  private isServing: boolean | null = null;
  private nextLook: { cancel(): void } | null = null;

  constructor(
    private readonly health: Pick<GrpcServer, 'setServing'>,
    private readonly readiness: () => Readiness,
    private readonly clock: Clock,
  ) {
    this.look();
  }

  /** Tells it a last time, then no more. */
  close(): void {
    this.nextLook?.cancel();
    this.tell();
  }

  private look(): void {
    this.tell();
    this.nextLook = this.clock.after(LOOK_EVERY_MS, () => this.look());
  }

  /** Whoever watches is told of changes only. */
  private tell(): void {
    const { ready } = this.readiness();
    if (ready !== this.isServing) this.health.setServing(ready);
    this.isServing = ready;
  }
}
