import type { Clock } from './domain/clock.js';
import type { GrpcServer } from './transports/grpc/grpc-server.js';
import type { Readiness } from './transports/http/readiness.js';

const LOOK_EVERY_MS = 1_000;

/** Keeps the gRPC health checks in step with what `/readyz` answers, at most one second behind. */
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

  /** Reports the readiness a last time, then stops. */
  close(): void {
    this.nextLook?.cancel();
    this.tell();
  }

  private look(): void {
    this.tell();
    this.nextLook = this.clock.after(LOOK_EVERY_MS, () => this.look());
  }

  /** Reports only changes, because clients that watch the health service get every report. */
  private tell(): void {
    const { ready } = this.readiness();
    if (ready !== this.isServing) this.health.setServing(ready);
    this.isServing = ready;
  }
}
