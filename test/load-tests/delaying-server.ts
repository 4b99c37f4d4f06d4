import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { readyWith, receipt, tentative } from './generator/scripted-line.js';

const HOP_MS = 200;

export interface DelayingServer {
  readonly url: string;
  close(): void;
}

/** A WebSocket server that answers each frame `delayMs` after the last byte of its µ-law came. */
export const serveDelaying = async (delayMs: number): Promise<DelayingServer> => {
  const http = createServer((_request, response) => response.writeHead(404).end());
  new WebSocketServer({ server: http }).on('connection', (socket) => answer(socket, delayMs));
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return {
    url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}`,
    close: () => {
      http.closeAllConnections();
      http.close();
    },
  };
};

const answer = (socket: WebSocket, delayMs: number): void => {
  const say = (message: object): void => socket.send(JSON.stringify(message));
  let heardMs = 0;
  let frames = 0;
  socket.on('message', (received: Buffer, isBinary) => {
    const type = isBinary ? 'audio' : (JSON.parse(received.toString()) as { type: string }).type;
    if (type === 'start') say(readyWith(HOP_MS));
    if (type === 'close') {
      setTimeout(() => {
        if (heardMs > 1000 + (frames - 1) * HOP_MS) say(receipt);
        say({ type: 'closed', seq: 9, audio_ms: heardMs, frames, utterances: 0, gap_ms: 0 });
        socket.close(1000);
      }, delayMs);
    }
    if (type !== 'audio') return;
    heardMs += received.length / 8;
    for (; heardMs >= 1000 + frames * HOP_MS; frames++) {
      const endMs = 1000 + frames * HOP_MS;
      setTimeout(() => {
        say(tentative(endMs));
        say(receipt);
      }, delayMs);
    }
  });
};
