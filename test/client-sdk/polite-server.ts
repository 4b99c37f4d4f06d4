import type { WebSocket } from 'ws';
import type { ServerMessage } from '../../proto/wire.js';
import { CLOSED, intent, READY, receipt } from './messages.js';

/** Sends messages as JSON. */
export const say = (socket: WebSocket, ...messages: ServerMessage[]) => {
  for (const message of messages) socket.send(JSON.stringify(message));
};

/** A server that is ready at once and closes a stream as the protocol says. */
export function politeServer(socket: WebSocket): void {
  let received = 0;
  socket.on('message', (content, isBinary) => {
    if (isBinary) return say(socket, receipt((received += 1)), intent(2, 'final'));
    const { type } = JSON.parse((content as Buffer).toString()) as { type: string };
    if (type === 'start') say(socket, READY);
    if (type !== 'close') return;
    say(socket, receipt(received + 1), CLOSED);
    socket.close(1000);
  });
}
