import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A TCP proxy on loopback that can cut its connections without notice, as a network failure does. */
export interface CuttingProxy {
  /** `127.0.0.1:port` */
  readonly address: string;
  /** How many connections were opened through it. */
  readonly opened: number;
  /** Called with bytes before they are passed on, `up` to the server. If it returns true, their connection is cut and they are lost. */
  onPass: ((direction: 'up' | 'down', bytes: Buffer) => boolean) | null;
  /** While true, nothing that the server sends is passed on, although the connections stay open. */
  isSilent: boolean;
  /** Resets every connection that is open. */
  cut(): void;
  close(): void;
}

/** Proxies to `target`, a `127.0.0.1:port`; a function is called for each connection. */
export const cuttingProxy = async (target: string | (() => string)): Promise<CuttingProxy> => {
  const pairs = new Set<readonly [Socket, Socket]>();
  const server = createServer((near) => {
    const [host, port] = (typeof target === 'string' ? target : target()).split(':');
    const far = connect(Number(port), host);
    const pair = [near, far] as const;
    pairs.add(pair);
    proxy.opened += 1;
    const drop = () => {
      pairs.delete(pair);
      for (const socket of pair) if (!socket.destroyed) socket.resetAndDestroy();
    };
    const pass = (direction: 'up' | 'down', from: Socket, to: Socket) => {
      from.on('data', (bytes) => {
        if (proxy.onPass?.(direction, bytes)) drop();
        else if (proxy.isSilent && direction === 'down') return;
        else if (!to.write(bytes)) from.pause();
      });
      to.on('drain', () => from.resume());
      from.on('end', () => to.end());
      from.on('error', drop);
      from.on('close', () => pairs.delete(pair));
    };
    pass('up', near, far);
    pass('down', far, near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy = {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    opened: 0,
    onPass: null as CuttingProxy['onPass'],
    isSilent: false,
    cut: () => {
      for (const pair of [...pairs]) {
        pairs.delete(pair);
        for (const socket of pair) socket.resetAndDestroy();
      }
    },
    close: () => {
      server.close();
      proxy.cut();
    },
  };
  return proxy;
};
