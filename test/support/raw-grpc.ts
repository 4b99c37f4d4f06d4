/** The headers of a StreamIntents call as an HTTP/2 client sends them, without a gRPC library. */
export const STREAM_INTENTS = {
  ':method': 'POST',
  ':path': '/earshot.v1.IntentService/StreamIntents',
  'content-type': 'application/grpc',
  te: 'trailers',
} as const;

/** A length-prefixed message as gRPC frames it, right or wrong. */
export const framed = (message: Uint8Array, flag = 0, length = message.length): Buffer => {
  const head = Buffer.alloc(5);
  head[0] = flag;
  head.writeUInt32BE(length, 1);
  return Buffer.concat([head, message]);
};
