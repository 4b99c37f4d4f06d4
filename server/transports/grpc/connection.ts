import type { ServerHttp2Stream } from 'node:http2';
import type { ServerInterceptingCallInterface } from '@grpc/grpc-js';

/** The HTTP/2 connection that a call came over. */
export interface Connection {
  /** Whether the peer takes in all that was written to it so far; false where the connection breaks first. */
  confirm(): Promise<boolean>;
}

/** The library keeps it to itself. */
export const connectionOf = (call: ServerInterceptingCallInterface): Connection => {
  const { session } = (call as unknown as { readonly stream: ServerHttp2Stream }).stream;
  return {
    // A ping is answered when all before it was read (RFC 9113, 6.7); one too many at a time is not even sent.
    confirm: () =>
      new Promise((resolve) => {
        const isSent = session?.destroyed === false && session.ping((problem) => resolve(problem === null));
        if (!isSent) resolve(false);
      }),
  };
};
