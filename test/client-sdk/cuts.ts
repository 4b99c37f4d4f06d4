import assert from 'node:assert/strict';
import { createStream as createGrpcStream } from '../../client-sdk/src/grpc.js';
import { createStream, type IntentStream, type StreamMessage, type StreamOptions } from '../../client-sdk/src/index.js';
import { protobuf } from '../../client-sdk/src/protobuf.js';
import { cuttingProxy, type CuttingProxy } from '../support/cutting-proxy.js';
import type { Addresses } from '../support/scripted-server.js';
import { seeded } from '../support/tones.js';

type Open = (address: string, options: Omit<StreamOptions, 'url'>) => IntentStream;

/** How a stream is opened over each transport, and where its server is. */
export const TRANSPORTS: Readonly<Record<string, { readonly at: keyof Addresses; readonly open: Open }>> = {
  'ws-json': { at: 'http', open: (address, options) => createStream({ ...options, url: `ws://${address}` }) },
  'ws-proto': {
    at: 'http',
    open: (address, options) => createStream({ ...options, url: `ws://${address}`, codec: protobuf }),
  },
  grpc: { at: 'grpc', open: (address, options) => createGrpcStream({ ...options, url: address }) },
};

/** The messages that a stream received, without what differs from run to run. */
export const storyOf = (messages: readonly StreamMessage[]): Record<string, unknown>[] =>
  messages.slice(1).map((message) => ({ ...message, latency_ms: 0 }));

const CHUNK_BYTES = 3_200;

/** Streams audio as fast as there is room, and returns every message that was received. */
export const tell = async (
  stream: IntentStream,
  audio: Uint8Array,
  everyChunk: () => void,
): Promise<StreamMessage[]> => {
  const messages: StreamMessage[] = [];
  const reading = (async () => {
    for await (const message of stream) messages.push(message);
  })();
  for (let at = 0; at < audio.length; at += CHUNK_BYTES) {
    await stream.send(audio.subarray(at, at + CHUNK_BYTES));
    everyChunk();
  }
  await stream.close();
  await reading;
  return messages;
};

/** Cuts the connection after a random number of bytes, in either direction, again and again, until `cuts` are done. */
const cutAtRandom = (proxy: CuttingProxy, random: () => number, bytesApart: number): (() => number) => {
  let cuts = 0;
  const draw = () => 1 + Math.floor(random() * 2 * bytesApart);
  let left = draw();
  proxy.onPass = (_direction, bytes) => {
    left -= bytes.length;
    if (left > 0) return false;
    left = draw();
    cuts += 1;
    return true;
  };
  return () => cuts;
};

export interface CutRun {
  readonly server: Addresses;
  readonly transport: string;
  readonly audio: Uint8Array;
  readonly seed: number;
  /** Mean bytes, in both directions together, from one cut to the next. */
  readonly bytesApart: number;
  readonly options: Omit<StreamOptions, 'url'>;
}

/** Streams audio over a connection that is cut at random moments, and asserts that the messages are the same as without cuts; returns how often it was cut. */
export const assertSameDespiteCuts = async (run: CutRun, whole: readonly StreamMessage[]): Promise<number> => {
  const { at, open } = TRANSPORTS[run.transport]!;
  const proxy = await cuttingProxy(run.server[at]);
  // The first connection must succeed: only then is there a stream to resume.
  const stream = open(proxy.address, run.options);
  await stream.opened;
  const cuts = cutAtRandom(proxy, seeded(run.seed), run.bytesApart);
  try {
    const messages = await tell(stream, run.audio, () => undefined);
    assert.deepEqual(storyOf(messages), storyOf(whole), `seed ${run.seed} over ${run.transport}`);
    return cuts();
  } finally {
    stream.abort();
    proxy.close();
  }
};
