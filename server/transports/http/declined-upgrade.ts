import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';

const OF_THE_OFFER = new Set(['upgrade', 'connection', 'http2-settings']);

/** Whether a request that offers another protocol offers WebSocket. */
export const offersWebSocket = ({ headers }: IncomingMessage): boolean =>
  headers.upgrade?.toLowerCase() === 'websocket';

/**
 * Lets a request be answered as if it had offered no other protocol, which a server may do (RFC 9110, 7.8). Java's HttpClient
 * and `curl --http2` offer h2c with every request, and node:http passes every offer to the one `upgrade` listener.
 */
export const declineUpgrade = (server: Server, request: IncomingMessage, socket: Duplex, head: Buffer): void => {
  // The answer to an earlier request on the same connection has to be sent first.
  const { _httpMessage: unfinished } = socket as Duplex & { readonly _httpMessage?: ServerResponse | null };
  if (unfinished) return void unfinished.once('close', () => declineUpgrade(server, request, socket, head));
  if (socket.destroyed) return;
  const { method, url, httpVersion, rawHeaders } = request;
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let at = 0; at < rawHeaders.length; at += 2)
    if (!OF_THE_OFFER.has(rawHeaders[at]!.toLowerCase())) lines.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`);
  socket.unshift(Buffer.concat([Buffer.from([...lines, '', ''].join('\r\n'), 'latin1'), head]));
  server.emit(socket instanceof TLSSocket ? 'secureConnection' : 'connection', socket);
};
