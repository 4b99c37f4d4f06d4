import { constants, type Http2Session, type ServerHttp2Stream } from 'node:http2';
import type { ServerInterceptingCallInterface } from '@grpc/grpc-js';

/** The HTTP/2 connection that a call came over. */
export interface Connection {
  /**
   * Resolves with true when the peer has read everything that was written so far, or has left on purpose; with false if the
   * connection breaks first.
   */
  confirm(): Promise<boolean>;
}

const byHttp2Session = new WeakMap<Http2Session, Connection>();

/** The connection of a call, which grpc-js has only in a private field. */
export const connectionOf = (call: ServerInterceptingCallInterface): Connection => {
  const { session } = (call as unknown as { readonly stream: ServerHttp2Stream }).stream;
  if (!session) return { confirm: () => Promise.resolve(false) };
  const connection = byHttp2Session.get(session) ?? new PingedConnection(session);
  byHttp2Session.set(session, connection);
  return connection;
};

/**
 * A peer answers a ping once it has read all that came before it (RFC 9113, section 6.7), and says that it leaves with GOAWAY
 * (section 6.8). One ping at a time answers for every call.
 */
class PingedConnection implements Connection {
  private current: Promise<unknown> = Promise.resolve();
  private next: Promise<boolean> | null = null;
  private hasLeft = false;

  constructor(private readonly session: Http2Session) {
    session.on('goaway', (code) => (this.hasLeft ||= code === constants.NGHTTP2_NO_ERROR));
  }

  confirm(): Promise<boolean> {
    this.next ??= this.current.then(() => {
      this.next = null;
      const answer = this.ping();
      this.current = answer;
      return answer;
    });
    return this.next;
  }

  private ping(): Promise<boolean> {
    return new Promise((resolve) => {
      const isSent =
        !this.session.destroyed && this.session.ping((problem) => resolve(problem === null || this.hasLeft));
      if (!isSent) resolve(this.hasLeft);
    });
  }
}
