import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A TCP proxy on loopback that imitates a bad network. Lost packets, which TCP sends again, appear as delays. */
export interface UnreliableProxy {
  /** `127.0.0.1:port` */
  readonly address: string;
  /** Returns for how many milliseconds the next piece, and so everything after it, is held back. */
  delayMs: () => number;
  /** From now on nothing passes through the open connections, not even their end: to both peers they still seem alive. */
  freeze(): void;
  /** Resets every open connection that is not frozen. */
  cut(): void;
  close(): void;
}

class Pair {
  isFrozen = false;

  constructor(
    private readonly near: Socket,
    private readonly far: Socket,
    delayMs: () => number,
  ) {
    void this.pass(near, far, delayMs);
    void this.pass(far, near, delayMs);
  }

  reset(): void {
    for (const socket of [this.near, this.far]) if (!socket.destroyed) socket.resetAndDestroy();
  }

  private async pass(from: Socket, to: Socket, delayMs: () => number): Promise<void> {
    from.on('error', () => this.broken());
    for await (const piece of from.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      await sleep(delayMs());
      if (!this.isFrozen && to.writable && !to.write(piece)) await Promise.race([once(to, 'drain'), once(to, 'close')]);
    }
    if (!this.isFrozen) to.end();
  }

  private broken(): void {
    if (!this.isFrozen) this.reset();
  }
}

/** Proxies to `target`, a `127.0.0.1:port`. */
export const unreliableProxy = async (target: string): Promise<UnreliableProxy> => {
  const pairs = new Set<Pair>();
  const [host, port] = target.split(':');
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ host: host!, port: Number(port), allowHalfOpen: true });
    const pair = new Pair(near, far, () => proxy.delayMs());
    pairs.add(pair);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy: UnreliableProxy = {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    delayMs: () => 0,
    freeze: () => {
      for (const pair of pairs) pair.isFrozen = true;
    },
    cut: () => {
      for (const pair of pairs) if (!pair.isFrozen) pair.reset();
    },
    close: () => {
      server.close();
      for (const pair of pairs) pair.reset();
    },
  };
  return proxy;
};
