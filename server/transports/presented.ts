import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { PeerCertificate, TLSSocket } from 'node:tls';
import type { Presented } from '../access/doorkeeper.js';
import type { Target } from './http/request-url.js';

/**
 * Prefix of a sub-protocol that carries a credential, because browsers cannot send headers with a WebSocket. The server never
 * chooses it, so it is never sent back.
 */
const BEARER_PROTOCOL = 'earshot.bearer.';
/** The URL parameter that carries a single-use token. */
export const TOKEN_PARAMETER = 'token';

/** Address and port of the peer that sends a request. */
export const remoteOf = ({ socket }: { readonly socket: Pick<Socket, 'remoteAddress' | 'remotePort'> }): string =>
  `${socket.remoteAddress ?? '?'}:${socket.remotePort ?? 0}`;

type Credential = Presented['credentials'][number];

/** The sub-protocols that a request offers, without those that carry credentials. */
export const offeredProtocols = (request: IncomingMessage): readonly string[] =>
  protocolsIn(request).filter((name) => !name.startsWith(BEARER_PROTOCOL));

const protocolsIn = ({ headers }: IncomingMessage): readonly string[] =>
  headers['sec-websocket-protocol']?.split(',').map((name) => name.trim()) ?? [];

/** What an HTTP request or a WebSocket handshake shows about who sends it. */
export const presentedBy = (request: IncomingMessage, { searchParams }: Target): Presented => ({
  credentials: [
    // `headers` would keep only the first of several.
    ...(request.headersDistinct.authorization ?? []).map(bearerIn),
    ...protocolsIn(request)
      .filter((name) => name.startsWith(BEARER_PROTOCOL))
      .map((name): Credential => ({ by: 'sub-protocol', text: name.slice(BEARER_PROTOCOL.length) })),
    ...searchParams.getAll(TOKEN_PARAMETER).map((text): Credential => ({ by: 'url', text })),
  ],
  certificate: certificateOf(request.socket as Partial<TLSSocket>),
  provenance: { origin: request.headers.origin ?? null, host: request.headers.host ?? null },
});

/** The credential of an `Authorization` header; its text is empty where the scheme is not Bearer. */
export const bearerIn = (header: string): Credential => ({
  by: 'header',
  text: /^Bearer +(\S+) *$/i.exec(header)?.[1] ?? '',
});

const certificateOf = (socket: Partial<TLSSocket>): string | null =>
  socket.authorized === true ? nameIn(socket.getPeerCertificate?.()) : null;

/** The name in a certificate that TLS has verified: its common name, or else its fingerprint. */
export const nameIn = (certificate: PeerCertificate | undefined): string | null => {
  if (certificate === undefined || !('subject' in certificate)) return null;
  const { CN: name } = certificate.subject as { CN?: string | string[] };
  return [name].flat().join() || certificate.fingerprint256;
};
