import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';

/** How a stream's audio comes in. */
export interface Ingress {
  readonly name: string;
  readonly encoding: 'pcm_s16le' | 'mulaw';
  readonly sampleRate: number;
  readonly chunkMs: number;
}

export interface ServedRate {
  readonly framesPerSecond: number;
  /** CPU time of the server process, its workers included; the generator's is not in it. */
  readonly cpuMsPerFrame: number;
  readonly meanBatch: number;
  readonly gapMs: number;
}

const COMMAND = fileURLToPath(new URL('../server/cli/earshot.js', import.meta.url));

/** A server process of its own, on free ports. */
export const startServerProcess = async (models: string): Promise<{ url: string; child: ChildProcess }> => {
  const flags = [
    'serve',
    '--models',
    models,
    '--provider',
    'cpu',
    '--port',
    '0',
    '--grpc-port',
    '0',
    '--log-level',
    'warn',
  ];
  const child = spawn(process.execPath, [COMMAND, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
  let banner = '';
  for await (const text of child.stdout as AsyncIterable<Buffer>) {
    banner += text.toString();
    const url = /http:\/\/[\d.:]+/.exec(banner)?.[0];
    if (url) return { url, child };
  }
  throw new Error(`the server did not start: ${banner}`);
};

/** Streams the same audio `streams` times at once, each as fast as the server takes it, and reads what that cost. */
export const measureServer = async (
  url: string,
  audio: Uint8Array,
  ingress: Ingress,
  streams: number,
): Promise<ServedRate> => {
  await play(url, audio, ingress);
  const [before, startedAt] = [await counters(url), performance.now()];
  const totals = await Promise.all(Array.from({ length: streams }, () => play(url, audio, ingress)));
  const [after, seconds] = [await counters(url), (performance.now() - startedAt) / 1000];
  const frames = totals.reduce((sum, total) => sum + total.frames, 0);
  return {
    framesPerSecond: frames / seconds,
    cpuMsPerFrame: ((after.cpuSeconds - before.cpuSeconds) * 1000) / frames,
    meanBatch: (after.batchFrames - before.batchFrames) / (after.batches - before.batches),
    gapMs: totals.reduce((sum, total) => sum + total.gap_ms, 0),
  };
};

interface Totals {
  readonly type: string;
  readonly frames: number;
  readonly gap_ms: number;
}

const play = (url: string, audio: Uint8Array, { encoding, sampleRate, chunkMs }: Ingress): Promise<Totals> =>
  new Promise((resolve, reject) => {
    const query = `encoding=${encoding}&sample_rate=${sampleRate}`;
    const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/stream?${query}`);
    let last: Totals | null = null;
    socket.on('message', (text) => (last = JSON.parse((text as Buffer).toString()) as Totals));
    socket.on('error', reject);
    socket.on('close', () => (last?.type === 'closed' ? resolve(last) : reject(new Error(JSON.stringify(last)))));
    socket.on('open', () => {
      const chunk = (sampleRate * chunkMs * (encoding === 'mulaw' ? 1 : 2)) / 1000;
      void send(socket, audio, chunk).then(() => socket.send('{"type":"close"}'), reject);
    });
  });

const send = async (socket: WebSocket, audio: Uint8Array, chunk: number): Promise<void> => {
  for (let from = 0; from < audio.length; from += chunk) {
    socket.send(audio.subarray(from, from + chunk));
    while (socket.bufferedAmount > 64 * 1024) await new Promise((resolve) => setTimeout(resolve, 1));
  }
};

interface Counters {
  readonly cpuSeconds: number;
  readonly batches: number;
  readonly batchFrames: number;
}

const counters = async (url: string): Promise<Counters> => {
  const text = await (await fetch(`${url}/metrics`)).text();
  const total = (name: string): number =>
    [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'))].reduce(
      (sum, match) => sum + Number(match[1]),
      0,
    );
  return {
    cpuSeconds: total('earshot_cpu_seconds'),
    batches: total('earshot_batch_frames_count'),
    batchFrames: total('earshot_batch_frames_sum'),
  };
};
