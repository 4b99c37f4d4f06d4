import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Refusal } from '../../domain/error-code.js';
import type { CallerMessage } from '../../session/caller.js';
import type { Reception } from '../../session/reception.js';
import { MAX_MESSAGE_BYTES } from '../../../proto/limits.js';
import { startFromQuery } from '../../../proto/query.js';
import { MAX_BUFFERED_PIECES, MAX_FRAGMENTS, type ConnectionLimits } from '../connection-limits.js';
import { fromWire } from '../from-wire.js';
import { targetOf } from '../http/request-url.js';
import { statusOf } from '../http/status-codes.js';
import { Pulse } from './pulse.js';
import { SUB_PROTOCOL_NAMES } from './sub-protocol.js';
import { TellingWebSocket } from './telling-web-socket.js';
import { WsCaller } from './ws-caller.js';

export const STREAM_PATH = '/v1/stream';

/** Takes WebSocket upgrades on `/v1/stream` of an HTTP server and hands every caller to the reception. */
export const serveWebSocket = (server: Server, reception: Reception, { pingIntervalMs }: ConnectionLimits): void => {
  const sockets = new WebSocketServer({
    noServer: true,
    WebSocket: TellingWebSocket,
    maxPayload: MAX_MESSAGE_BYTES,
    maxFragments: MAX_FRAGMENTS,
    maxBufferedChunks: MAX_BUFFERED_PIECES,
    perMessageDeflate: false,
    handleProtocols: (offered) => SUB_PROTOCOL_NAMES.find((name) => offered.has(name)) ?? false,
  });
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    const { pathname, searchParams } = targetOf(request);
    const refused = refusalOf(request, pathname, reception);
    if (refused) return refuseUpgrade(socket, refused);
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const remote = `${request.socket.remoteAddress ?? '?'}:${request.socket.remotePort ?? 0}`;
      new Pulse(webSocket, pingIntervalMs);
      reception.receive(new WsCaller(webSocket, remote, startOf(searchParams)));
    });
  });
};

/** What a caller that cannot speak JSON said in its URL; null where a `start` message is to follow. */
const startOf = (searchParams: URLSearchParams): CallerMessage | null =>
  searchParams.size > 0 ? fromWire(startFromQuery(searchParams)) : null;

interface UpgradeRefusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

const refusalOf = (request: IncomingMessage, pathname: string, reception: Reception): UpgradeRefusal | null => {
  if (pathname !== STREAM_PATH)
    return {
      status: 404,
      code: 'bad_request',
      message: `${pathname} is no WebSocket route: connect to ${STREAM_PATH}`,
    };
  const offered = request.headers['sec-websocket-protocol'];
  const names = offered?.split(',').map((name) => name.trim());
  if (names && !names.some((name) => SUB_PROTOCOL_NAMES.includes(name)))
    return {
      status: 400,
      code: 'bad_request',
      message: `sub-protocol ${offered} is not known: offer ${SUB_PROTOCOL_NAMES.join(' or ')}`,
    };
  const refused: Refusal | null = reception.refusal;
  return refused && { status: statusOf(refused.code), ...refused };
};

const refuseUpgrade = (socket: Duplex, { status, code, message }: UpgradeRefusal): void => {
  const body = JSON.stringify({ error: { code, message } });
  const head = [
    `HTTP/1.1 ${status} Refused`,
    'Connection: close',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  // Not answering the end of a connection keeps it open for ever.
  socket.once('finish', () => socket.destroy());
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
};
