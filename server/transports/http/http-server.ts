import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http';
import { randomUUID } from 'node:crypto';
import { isRetryable, refusal, type ErrorCode } from '../../domain/error-code.js';
import { encodeClassifyResponseJson } from '../../../proto/one-shot.js';
import { MAX_HEADER_BYTES, type ConnectionLimits } from '../connection-limits.js';
import { modelToWire, recordingToWire } from '../to-wire.js';
import type { OneShots } from '../one-shots.js';
import { classifyRequestOf } from './classify-request.js';
import type { Readiness } from './readiness.js';
import { targetOf } from './request-url.js';
import { servePage } from './page.js';
import { statusOf } from './status-codes.js';

export interface HttpServices {
  readonly readiness: () => Readiness;
  readonly oneShots: OneShots;
  readonly metrics: { readonly contentType: string; text(): Promise<string> };
  readonly log: { error(fields: object, message: string): void };
}

type Route = (request: IncomingMessage, response: ServerResponse, services: HttpServices) => void | Promise<void>;

const ROUTES: Readonly<Record<string, Readonly<Record<string, Route>>>> = {
  '/healthz': { GET: (_, response) => sendJson(response, 200, { status: 'alive' }) },
  '/readyz': {
    GET: (_, response, { readiness }) => {
      const now = readiness();
      sendJson(
        response,
        now.ready ? 200 : 503,
        now.ready ? { status: 'ready' } : { status: 'not ready', reason: now.reason },
      );
    },
  },
  '/metrics': {
    GET: async (_, response, { metrics }) => send(response, 200, metrics.contentType, await metrics.text()),
  },
  '/v1/models': {
    GET: (_, response, { oneShots }) =>
      sendJson(response, 200, { models: oneShots.models().map((model, index) => modelToWire(model, index === 0)) }),
  },
  '/v1/classify': {
    POST: async (request, response, { oneShots }) => {
      const asked = await classifyRequestOf(request);
      const answer = asked.ok ? await oneShots.classify(asked.message) : { ok: false as const, refusal: asked.refusal };
      if (answer.ok)
        send(response, 200, 'application/json', encodeClassifyResponseJson(recordingToWire(answer.verdict)));
      else sendError(response, answer.refusal.code, answer.refusal.message);
    },
  },
};

/** The HTTP side of the server; WebSocket upgrades are `serveWebSocket`'s. */
export const createHttpServer = (services: HttpServices, limits: ConnectionLimits): Server => {
  const server = createServer(optionsFor(limits), (request, response) => {
    answer(request, response, services).catch((cause: unknown) => {
      services.log.error({ err: cause, url: request.url }, 'an HTTP request failed');
      if (response.headersSent) response.destroy();
      else sendError(response, 'internal', 'the request failed inside the server; its log says why');
    });
  });
  server.maxConnections = limits.maxConnections;
  return server;
};

const optionsFor = ({ handshakeTimeoutMs, requestTimeoutMs }: ConnectionLimits): ServerOptions => ({
  maxHeaderSize: MAX_HEADER_BYTES,
  headersTimeout: Math.min(handshakeTimeoutMs, requestTimeoutMs),
  requestTimeout: requestTimeoutMs,
  connectionsCheckingInterval: Math.ceil(Math.min(handshakeTimeoutMs, requestTimeoutMs) / 5),
});

const answer = async (request: IncomingMessage, response: ServerResponse, services: HttpServices): Promise<void> => {
  const { pathname } = targetOf(request);
  const method = request.method === 'HEAD' ? 'GET' : (request.method ?? 'GET');
  const methods = Object.hasOwn(ROUTES, pathname) ? ROUTES[pathname] : undefined;
  const route = methods?.[method];
  if (route) return route(request, response, services);
  if (methods) {
    refuseMethod(response, pathname, Object.keys(methods).join(', '));
    return;
  }
  if (method === 'GET' && (await servePage(pathname, response))) return;
  sendJson(response, 404, {
    error: errorOf('bad_request', `${pathname} is no route here: see /v1/models, /v1/classify, /v1/stream`),
  });
};

const refuseMethod = (response: ServerResponse, pathname: string, allowed: string): void => {
  response.setHeader('Allow', allowed);
  sendJson(response, 405, { error: errorOf('bad_request', `${pathname} takes ${allowed}`) });
};

const errorOf = (code: ErrorCode, message: string) => ({
  ...refusal(code, message),
  retryable: isRetryable[code],
  request_id: randomUUID(),
});

const sendError = (response: ServerResponse, code: ErrorCode, message: string): void =>
  sendJson(response, statusOf(code), { error: errorOf(code, message) });

const sendJson = (response: ServerResponse, status: number, body: unknown): void =>
  send(response, status, 'application/json', JSON.stringify(body));

const send = (response: ServerResponse, status: number, type: string, body: string): void => {
  // The rest of a request that was refused early is read and forgotten, until its timeout: a reset could reach the client before the answer.
  response
    .writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' })
    .end(body);
};
