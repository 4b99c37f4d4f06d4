import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Doorkeeper, EntryVerdict } from '../../access/doorkeeper.js';
import { refusal, refused, type Refusal } from '../../domain/error-code.js';
import type { Identity } from '../../domain/identity.js';
import type { CallerMessage } from '../../session/caller.js';
import type { Log } from '../../domain/log.js';
import type { Origin, Reception } from '../../session/reception.js';
import { MAX_MESSAGE_BYTES } from '../../../proto/limits.js';
import { startFromQuery } from '../../../proto/query.js';
import { MAX_BUFFERED_PIECES, MAX_FRAGMENTS, type ConnectionLimits } from '../connection-limits.js';
import { failedRequest } from '../failed-request.js';
import { fromWire } from '../from-wire.js';
import { declineUpgrade, offersWebSocket } from '../http/declined-upgrade.js';
import { CHALLENGE, errorBody } from '../http/error-body.js';
import { SECURITY_HEADERS } from '../http/security-headers.js';
import { statusOf } from '../http/status-codes.js';
import { targetOf, type Target } from '../http/request-url.js';
import { offeredProtocols, presentedBy, remoteOf, TOKEN_PARAMETER } from '../presented.js';
import { Pulse } from './pulse.js';
import { SUB_PROTOCOL_NAMES, subProtocolOf } from './sub-protocol.js';
import { TellingWebSocket } from './telling-web-socket.js';
import { WsCaller } from './ws-caller.js';

export const STREAM_PATH = '/v1/stream';

/**
 * Turns off the library's limit on pongs that wait to be sent: the session limits pings and unread bytes itself, and says why
 * it refuses. An option of `ws` 8.23 that its types lack.
 */
const PONGS_WITHOUT_LIMIT = { maxPendingAutoPongs: 0 };

export interface WebSocketServices {
  readonly reception: Reception;
  readonly doorkeeper: Doorkeeper;
  readonly log: Log;
}

/** Handles WebSocket upgrades on `/v1/stream` of an HTTP server and hands every admitted caller to the reception. */
export const serveWebSocket = (
  server: Server,
  { reception, doorkeeper, log }: WebSocketServices,
  { pingIntervalMs }: ConnectionLimits,
): void => {
  const sockets = new WebSocketServer({
    noServer: true,
    WebSocket: TellingWebSocket,
    maxPayload: MAX_MESSAGE_BYTES,
    maxFragments: MAX_FRAGMENTS,
    maxBufferedChunks: MAX_BUFFERED_PIECES,
    perMessageDeflate: false,
    ...PONGS_WITHOUT_LIMIT,
    handleProtocols: (offered) => SUB_PROTOCOL_NAMES.find((name) => offered.has(name)) ?? false,
  });
  const upgrade = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    const target = targetOf(request);
    const refuse = (why: UpgradeRefusal, identity?: Identity) =>
      refuseUpgrade(socket, { ...why, requestId: reception.turnedAway(callerOf(request), why, identity) });
    const wrong = mistakeIn(request, target.pathname);
    if (wrong) {
      refuse(wrong);
      return;
    }
    const entry = await admit(request, target, { reception, doorkeeper });
    if (!entry.ok) {
      refuse({ status: statusOf(entry.refusal.code), ...entry.refusal }, entry.identity);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      new Pulse(webSocket, request.socket, pingIntervalMs);
      reception.receive(new WsCaller(webSocket, entry.identity, originOf(request), startOf(target)));
    });
  };
  sockets.on('wsClientError', (problem, socket, request: IncomingMessage) => {
    const why = { status: request.method === 'GET' ? 400 : 405, ...notRfc6455(problem.message) };
    refuseUpgrade(socket, { ...why, requestId: reception.turnedAway(callerOf(request), why) });
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (!offersWebSocket(request)) return declineUpgrade(server, request, socket, head);
    socket.on('error', () => socket.destroy());
    upgrade(request, socket, head).catch((cause: unknown) => {
      failedRequest({ log, count: () => reception.requestFailed(callerOf(request).transport) }, cause);
      socket.destroy();
    });
  });
};

/** Who calls, if it is admitted; a refusal has an `identity`, too, where that is known. */
const admit = async (
  request: IncomingMessage,
  target: Target,
  { reception, doorkeeper }: Pick<WebSocketServices, 'reception' | 'doorkeeper'>,
): Promise<EntryVerdict & { readonly identity?: Identity }> => {
  const atAll = reception.refusal;
  const admission: EntryVerdict = atAll ? refused(atAll) : await doorkeeper.admit(presentedBy(request, target));
  if (!admission.ok) return admission;
  const { identity } = admission;
  // A start in the URL resumes nothing: it needs a place for one stream more.
  const why = hasStart(target) ? reception.refusalFor(identity) : reception.refusalAtDoor(identity);
  return why ? { ...refused(why), identity } : admission;
};

/** The caller's address, and its transport as far as the handshake says. */
const callerOf = (request: IncomingMessage): Origin => {
  const offered = offeredProtocols(request).find((name) => SUB_PROTOCOL_NAMES.includes(name)) ?? '';
  return { transport: subProtocolOf(offered).transport, remote: remoteOf(request) };
};

/** The caller's address and trace context; a `traceparent` header that came twice is ignored. */
const originOf = (request: IncomingMessage) => {
  const { traceparent } = request.headers;
  return { remote: remoteOf(request), ...(typeof traceparent === 'string' && { traceParent: traceparent }) };
};

const hasStart = ({ searchParams }: Target): boolean =>
  [...searchParams.keys()].some((name) => name !== TOKEN_PARAMETER);

/** The start in the URL of a caller that cannot send JSON; null where a `start` message is to follow. */
const startOf = ({ searchParams }: Target): CallerMessage | null => {
  searchParams.delete(TOKEN_PARAMETER);
  return searchParams.size > 0 ? fromWire(startFromQuery(searchParams)) : null;
};

interface UpgradeRefusal extends Refusal {
  readonly status: number;
}

const notRfc6455 = (problem: string): Refusal =>
  refusal('bad_request', `this is no WebSocket handshake (RFC 6455, version 13): ${problem}`);

/** What is wrong with the handshake itself; null where nothing is. */
const mistakeIn = (request: IncomingMessage, pathname: string): UpgradeRefusal | null => {
  if (pathname !== STREAM_PATH)
    return {
      status: 404,
      ...refusal('bad_request', `${pathname} is no WebSocket route: connect to ${STREAM_PATH}`),
    };
  const offered = offeredProtocols(request);
  if (request.headers['sec-websocket-protocol'] && !offered.some((name) => SUB_PROTOCOL_NAMES.includes(name)))
    return {
      status: 400,
      ...refusal(
        'bad_request',
        // Does not quote what was offered: it may be a key in the wrong place.
        `no sub-protocol that was offered is known: offer ${SUB_PROTOCOL_NAMES.join(' or ')}`,
      ),
    };
  return null;
};

const refuseUpgrade = (socket: Duplex, { status, ...why }: UpgradeRefusal & { requestId: string }): void => {
  const body = errorBody(why);
  const headers = {
    ...SECURITY_HEADERS,
    ...(status === 400 && { 'Sec-WebSocket-Version': '13' }),
    ...(status === 405 && { Allow: 'GET' }),
    ...(status === 401 && { 'WWW-Authenticate': CHALLENGE }),
    Connection: 'close',
    'Content-Type': 'application/json',
    'Content-Length': String(Buffer.byteLength(body)),
  };
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  // Otherwise a peer that does not end its side would keep the connection open.
  socket.once('finish', () => socket.destroy());
  socket.end([`HTTP/1.1 ${status} Refused`, ...head, '', body].join('\r\n'));
};
