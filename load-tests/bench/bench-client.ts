import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { bytesOf, type Ingress } from './ingress.js';

/** A tentative intent as the client received it. */
export interface HeardIntent {
  readonly endMs: number;
  /** Best first. */
  readonly scores: readonly { readonly label: string; readonly score: number }[];
  /** From the sending of the chunk with the frame's last sample to the arrival of this intent, in milliseconds. */
  readonly latencyMs: number;
}

export interface Played {
  readonly frames: number;
  readonly gapMs: number;
  readonly intents: readonly HeardIntent[];
  /** How late each chunk was sent, in milliseconds; empty if chunks are sent as fast as the server takes them. */
  readonly lagMs: readonly number[];
}

export interface Call {
  /** http://host:port */
  readonly url: string;
  readonly model: string;
  readonly ingress: Ingress;
  readonly audio: Uint8Array;
  /**
   * For audio at speaking speed: how many milliseconds after the connection opened the first chunk is sent. Null: the audio is sent as
   * fast as the server takes it.
   */
  readonly spokenAfterMs: number | null;
}

const MOST_BUFFERED_BYTES = 64 * 1024;

/** Plays one call to a server that speaks Earshot's WebSocket JSON, until `closed` comes. Rejects if the connection closes without it. */
export const play = async (call: Call): Promise<Played> => {
  const { encoding, sampleRate } = call.ingress;
  const query = `encoding=${encoding}&sample_rate=${sampleRate}&model=${call.model}`;
  const socket = new WebSocket(`${call.url.replace('http', 'ws')}/v1/stream?${query}`, { perMessageDeflate: false });
  const sent: Sent = { atMs: [], lagMs: [] };
  const heard = listen(socket, call.ingress, sent);
  // Both are awaited, so that a failure of either is noticed.
  const [played] = await Promise.all([heard, send(socket, call, sent)]);
  return { ...played, lagMs: sent.lagMs };
};

interface Sent {
  readonly atMs: number[];
  readonly lagMs: number[];
}

interface Message {
  readonly type: string;
  readonly status?: string;
  readonly end_ms?: number;
  readonly scores?: HeardIntent['scores'];
  readonly frames?: number;
  readonly gap_ms?: number;
}

const listen = (socket: WebSocket, { chunkMs }: Ingress, sent: Sent): Promise<Omit<Played, 'lagMs'>> =>
  new Promise((resolve, reject) => {
    const intents: HeardIntent[] = [];
    let last: Message | null = null;
    socket.on('message', (text: Buffer) => {
      last = JSON.parse(text.toString()) as Message;
      const { type, status, end_ms: endMs = 0, scores = [] } = last;
      if (type !== 'intent' || status !== 'tentative') return;
      const lastChunk = Math.ceil(endMs / chunkMs) - 1;
      intents.push({ endMs, scores, latencyMs: performance.now() - (sent.atMs[lastChunk] ?? NaN) });
    });
    socket.on('error', reject);
    socket.on('close', (code) => {
      if (last?.type !== 'closed')
        return reject(new Error(`the connection closed with ${code} after ${JSON.stringify(last)}`));
      resolve({ frames: last.frames ?? NaN, gapMs: last.gap_ms ?? NaN, intents });
    });
  });

const send = async (socket: WebSocket, { audio, ingress, spokenAfterMs }: Call, sent: Sent): Promise<void> => {
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  // Timing begins here: the time that the server takes to open the connection must not count as the generator's lag.
  const startedAt = performance.now();
  const length = bytesOf(ingress, ingress.chunkMs);
  for (let from = 0; from < audio.length && socket.readyState === WebSocket.OPEN; from += length) {
    if (spokenAfterMs === null) await until(() => socket.bufferedAmount <= MOST_BUFFERED_BYTES);
    else sent.lagMs.push(await sleepUntil(startedAt + spokenAfterMs + sent.atMs.length * ingress.chunkMs));
    sent.atMs.push(performance.now());
    socket.send(audio.subarray(from, from + length));
  }
  if (socket.readyState === WebSocket.OPEN) socket.send('{"type":"close"}');
};

const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await sleep(1);
};

/** Sleeps until `due`; resolves with how many milliseconds late it woke up. */
const sleepUntil = async (due: number): Promise<number> => {
  const wait = due - performance.now();
  if (wait > 0) await sleep(wait);
  return Math.max(0, performance.now() - due);
};
