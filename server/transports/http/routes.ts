import type { IncomingMessage } from 'node:http';
import type { Doorkeeper } from '../../access/doorkeeper.js';
import { TOKEN_LIFE_MS } from '../../access/single-use-tokens.js';
import { refusal, type Refusal } from '../../domain/error-code.js';
import type { Identity } from '../../domain/identity.js';
import type { Log } from '../../domain/log.js';
import type { Reception } from '../../session/reception.js';
import { encodeClassifyResponseJson } from '../../../proto/one-shot.js';
import type { OneShots } from '../one-shots.js';
import { modelsToWire, recordingToWire } from '../to-wire.js';
import { classifyRequestOf } from './classify-request.js';
import type { Target } from './request-url.js';
import type { Readiness } from './readiness.js';

export interface HttpServices {
  readonly readiness: () => Readiness;
  readonly oneShots: OneShots;
  /** Logs and counts refusals, and counts failed requests. */
  readonly reception: Pick<Reception, 'turnedAway' | 'requestFailed'>;
  readonly metrics: { readonly contentType: string; text(): Promise<string> };
  readonly doorkeeper: Doorkeeper;
  /** Whether everybody may read the metrics. */
  readonly openMetrics: boolean;
  readonly log: Log;
}

/** The answer to one request. */
export type Answer =
  | { readonly status: number; readonly type: string; readonly body: string }
  | { readonly status: number; readonly json: object }
  /** `status` where it differs from that of the code. */
  | { readonly refusal: Refusal; readonly status?: number };

export interface Exchange extends HttpServices {
  readonly request: IncomingMessage;
  readonly target: Target;
  /** Aborted when the connection is closed, so that nobody waits for the answer any more. */
  readonly gone: AbortSignal;
  /** Whose request it is; `ANYBODY` where the route is open to everybody. */
  readonly identity: Identity;
  /** Whether the caller showed a single-use token. */
  readonly byToken: boolean;
}

export interface Route {
  /** Who gets an answer: everybody; admitted callers; or only those admitted callers that may read metrics. */
  readonly openTo: 'everybody' | 'callers' | 'readers of metrics';
  answer(exchange: Exchange): Answer | Promise<Answer>;
}

/** The answer to requests for the stream that do not offer WebSocket; those that do never get here. */
const NO_HANDSHAKE: Answer = {
  status: 426,
  refusal: refusal(
    'bad_request',
    '/v1/stream takes WebSocket handshakes: "Upgrade: websocket" did not come with this request; a proxy before the server may have to be told to pass it on',
  ),
};

/** Every route but the page's files, by path and method. */
export const ROUTES: Readonly<Record<string, Readonly<Record<string, Route>>>> = {
  '/healthz': { GET: { openTo: 'everybody', answer: () => ({ status: 200, json: { status: 'alive' } }) } },
  '/readyz': {
    GET: {
      openTo: 'everybody',
      answer: ({ readiness }) => {
        const now = readiness();
        return now.ready
          ? { status: 200, json: { status: 'ready' } }
          : { status: 503, json: { status: 'not ready', reason: now.reason } };
      },
    },
  },
  '/metrics': {
    GET: {
      openTo: 'readers of metrics',
      answer: async ({ metrics }) => ({ status: 200, type: metrics.contentType, body: await metrics.text() }),
    },
  },
  '/v1/models': {
    GET: {
      openTo: 'callers',
      answer: ({ oneShots, identity }) => {
        const answer = oneShots.models(identity);
        return answer.ok ? { status: 200, json: modelsToWire(answer.models) } : answer;
      },
    },
  },
  '/v1/stream': { GET: { openTo: 'everybody', answer: () => NO_HANDSHAKE } },
  '/v1/classify': { POST: { openTo: 'callers', answer: (exchange) => classify(exchange) } },
  '/v1/tokens': { POST: { openTo: 'callers', answer: (exchange) => issueToken(exchange) } },
};

const classify = async ({ request, target, oneShots, identity, gone }: Exchange): Promise<Answer> => {
  const asked = await classifyRequestOf(request, target);
  if (!asked.ok) return asked;
  const answer = await oneShots.classify(asked.message, identity, gone);
  if (!answer.ok) return answer;
  return { status: 200, type: 'application/json', body: encodeClassifyResponseJson(recordingToWire(answer.verdict)) };
};

const issueToken = ({ doorkeeper, identity, byToken }: Exchange): Answer => {
  if (byToken)
    return { refusal: refusal('permission_denied', 'a token is good for no further tokens: show what it stands for') };
  const token = doorkeeper.tokens.issue(identity);
  return token === null
    ? { refusal: refusal('rate_exceeded', 'too many tokens of these credentials are unspent: each lives for a minute') }
    : { status: 201, json: { token, expires_in_ms: TOKEN_LIFE_MS } };
};
