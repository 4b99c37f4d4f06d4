import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { isLoopbackName } from '../../access/origin-rule.js';
import type { EntryVerdict } from '../../access/doorkeeper.js';
import type { Certificates } from '../../access/certificates.js';
import { refusal, refused, type Refusal } from '../../domain/error-code.js';
import { ANYBODY, type Identity } from '../../domain/identity.js';
import { MAX_HEADER_BYTES, type ConnectionLimits } from '../connection-limits.js';
import { presentedBy, remoteOf } from '../presented.js';
import { CHALLENGE, errorBody } from './error-body.js';
import { servePage } from './page.js';
import { targetOf } from './request-url.js';
import { ROUTES, type Answer, type Exchange, type HttpServices, type Route } from './routes.js';
import { OVER_TLS, SECURITY_HEADERS } from './security-headers.js';
import { failedRequest, type Failed } from '../failed-request.js';
import { statusOf } from './status-codes.js';

/** The HTTP server, with TLS where there are certificates; `serveWebSocket` handles its WebSocket upgrades. */
export const createHttpServer = (
  services: HttpServices,
  limits: ConnectionLimits,
  certificates: Certificates | null,
): Server => {
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    const headers = { ...SECURITY_HEADERS, ...(certificates && !isLocal(request) && OVER_TLS) };
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    answer(request, response, services).catch((cause: unknown) => {
      // Logs the path without the query, which may hold a token.
      const count = () => services.reception.requestFailed('http');
      const failure = failedRequest({ log: services.log, count }, cause, { path: targetOf(request).pathname });
      if (response.headersSent || response.destroyed) response.destroy();
      else tell(response, failure);
    });
  };
  const options = optionsFor(limits);
  const server = certificates ? secure(certificates, options, listener) : createServer(options, listener);
  if (certificates?.asksClients) tellOfStrangers(server, services.reception);
  server.maxConnections = limits.maxConnections;
  // Bytes of headers are limited instead: Node ignores headers beyond a count, among them perhaps the length of the body.
  server.maxHeadersCount = 0;
  return server;
};

const optionsFor = ({ handshakeTimeoutMs, requestTimeoutMs }: ConnectionLimits) => ({
  maxHeaderSize: MAX_HEADER_BYTES,
  headersTimeout: Math.min(handshakeTimeoutMs, requestTimeoutMs),
  requestTimeout: requestTimeoutMs,
  connectionsCheckingInterval: Math.ceil(Math.min(handshakeTimeoutMs, requestTimeoutMs) / 5),
  /** The time limit of the TLS handshake. */
  handshakeTimeout: handshakeTimeoutMs,
});

/** Whether a request was sent to a loopback name: what browsers remember about `localhost` would apply to all its ports. */
const isLocal = ({ headers: { host = '' } }: IncomingMessage): boolean => isLoopbackName(host.replace(/:\d+$/, ''));

const secure = (certificates: Certificates, options: object, listener: RequestListener): Server => {
  const { asksClients } = certificates;
  const asked = { requestCert: asksClients, rejectUnauthorized: asksClients };
  const server = createSecureServer({ ...options, ...certificates.current, ...asked, ...TLS_VERSIONS }, listener);
  certificates.onChange((credentials) => server.setSecureContext({ ...credentials, ...TLS_VERSIONS }));
  return server;
};

/** Logs and counts clients without a valid certificate: TLS itself refuses them, and tells them almost nothing. */
const tellOfStrangers = (server: Server, reception: HttpServices['reception']): void => {
  // Reading the address now makes Node keep it: after the connection is closed it would be unknown.
  server.on('connection', ({ remoteAddress }: Socket) => remoteAddress);
  server.on('tlsClientError', (problem: NodeJS.ErrnoException, socket: TLSSocket & { readonly _parent?: Socket }) => {
    const hasNone = problem.code === 'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE';
    const why = hasNone ? 'it showed none' : (socket.authorizationError as string | Error | null);
    // Other errors mean that the client broke off, or did not speak TLS.
    if (why === null) return;
    // Only a private field of Node gives the connection under TLS: without it the address would be `?:0`.
    const origin = { transport: 'http', remote: remoteOf({ socket: socket._parent ?? socket }) };
    reception.turnedAway(origin, refusal('unauthenticated', `a certificate of a trusted authority is needed: ${why}`));
  });
};

const TLS_VERSIONS = { minVersion: 'TLSv1.2' } as const;

const answer = async (request: IncomingMessage, response: ServerResponse, services: HttpServices): Promise<void> => {
  const target = targetOf(request);
  const { pathname } = target;
  const method = request.method === 'HEAD' ? 'GET' : (request.method ?? 'GET');
  const methods = Object.hasOwn(ROUTES, pathname) ? ROUTES[pathname] : undefined;
  const refuse = (why: Refusal, { status, identity }: { status?: number; identity?: Identity | undefined }) => {
    // A path that is not a route may hold anything, and is not logged.
    const origin = { transport: 'http', remote: remoteOf(request), ...(methods && { path: pathname }) };
    tell(response, { ...why, requestId: services.reception.turnedAway(origin, why, identity) }, status);
  };
  const route = methods && Object.hasOwn(methods, method) ? methods[method] : undefined;
  if (route) {
    const { given, identity } = await follow(route, { ...services, request, target, gone: goneWith(response) });
    if ('refusal' in given) refuse(given.refusal, { ...given, identity });
    else send(response, given);
    return;
  }
  if (methods) {
    const allowed = Object.keys(methods).join(', ');
    response.setHeader('Allow', allowed);
    refuse(refusal('bad_request', `${pathname} takes ${allowed}`), { status: 405 });
    return;
  }
  if (method === 'GET' && (await servePage(pathname, response))) return;
  const routes = '/v1/models, /v1/classify, /v1/tokens, /v1/stream';
  refuse(refusal('bad_request', `${pathname} is no route here: see ${routes}`), { status: 404 });
};

/** The answer of a route, and the identity of the caller if it was admitted. */
const follow = async (
  route: Route,
  asked: Omit<Exchange, 'identity' | 'byToken'>,
): Promise<{ readonly given: Answer; readonly identity?: Identity }> => {
  const admission = await admit(asked, route.openTo);
  if (!admission.ok) return { given: admission };
  const { identity, byToken = false } = admission;
  return { given: await route.answer({ ...asked, identity, byToken }), identity };
};

/** Aborted when the connection is closed. */
const goneWith = (response: ServerResponse): AbortSignal => {
  const controller = new AbortController();
  response.once('close', () => controller.abort());
  return controller.signal;
};

/** Authenticates the caller of a route, before any of the body is read. */
const admit = async (
  { request, target, doorkeeper, openMetrics }: Omit<Exchange, 'identity' | 'byToken'>,
  openTo: Route['openTo'],
): Promise<EntryVerdict> => {
  if (openTo === 'everybody' || (openMetrics && openTo === 'readers of metrics'))
    return { ok: true, identity: ANYBODY };
  const admission = await doorkeeper.admit(presentedBy(request, target));
  if (!admission.ok || openTo === 'callers' || admission.identity.rights.metrics) return admission;
  return refused(refusal('permission_denied', 'metrics tell of every caller: these credentials may not read them'));
};

/** Answers with a refusal that has been logged. */
const tell = (response: ServerResponse, why: Failed, status = statusOf(why.code)): void => {
  if (status === 401) response.setHeader('WWW-Authenticate', CHALLENGE);
  if (status === 426) response.setHeader('Connection', 'Upgrade').setHeader('Upgrade', 'websocket');
  send(response, { status, type: 'application/json', body: errorBody(why) });
};

const send = (response: ServerResponse, answer: Exclude<Answer, { refusal: Refusal }>): void => {
  const { type, body } = 'json' in answer ? { type: 'application/json', body: JSON.stringify(answer.json) } : answer;
  // The rest of a request that was refused early is read and discarded, until its timeout: a reset could overtake the answer.
  response.writeHead(answer.status, { 'Content-Type': type, 'Cache-Control': 'no-store' }).end(body);
};
