import { connect, type IncomingHttpHeaders } from 'node:http2';
import { createServer } from 'node:net';
import { addressOf, type Config } from '../config.js';
import { reasonOf } from '../domain/reason.js';
import { ask, type Place } from './ask.js';
import type { Finding } from './doctor-command.js';
import { codeOf } from './unreached.js';

const ANSWER_TIMEOUT_MS = 2_000;

/** Who uses a port that is not free. */
type Holder = 'earshot' | 'certificates' | 'other';

const SAID_OF: Readonly<Record<Holder, string>> = {
  earshot: 'an Earshot server is running there already',
  certificates: 'taken by a server that answers, but asks for a client certificate',
  other: 'taken by a program that does not answer as Earshot does',
};

/** Whether the ports of a configuration are free, and where one is taken, whether Earshot uses it. */
export const ports = (config: Config): Promise<Finding[]> => {
  const { host, port, grpcPort } = config;
  return Promise.all([
    finding(`port ${port} (HTTP and WebSocket)`, { host, port }, () => holderOfHttp(config)),
    finding(`port ${grpcPort} (gRPC)`, { host, port: grpcPort }, () => holderOfGrpc({ ...config, port: grpcPort })),
  ]);
};

const finding = async (
  about: string,
  { host, port }: Pick<Place, 'host' | 'port'>,
  holder: () => Promise<Holder>,
): Promise<Finding> => {
  const problem = await bindProblem(host, port);
  if (problem === null) return { about, ok: true, needed: true, detail: 'free' };
  const detail = codeOf(problem) === 'EADDRINUSE' ? SAID_OF[await holder()] : reasonOf(problem);
  return { about, ok: false, needed: true, detail };
};

/** Why a port cannot be listened on; null where it can. */
const bindProblem = (host: string, port: number): Promise<Error | null> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', resolve);
    server.listen(port, host, () => server.close(() => resolve(null)));
  });

const holderOfHttp = (place: Place): Promise<Holder> =>
  ask(place, '/healthz', ANSWER_TIMEOUT_MS).then(
    ({ text }) => (text === JSON.stringify({ status: 'alive' }) ? 'earshot' : 'other'),
    holderThatFails,
  );

/** A TLS 1.3 client without a certificate learns by an alert that it needs one, after the connection seemed established. */
const holderThatFails = (problem: unknown): Holder =>
  codeOf(problem) === 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED' ? 'certificates' : 'other';

/** Makes a gRPC call: Earshot answers it, or refuses it with its own `earshot-code` where it asks for credentials first. */
const holderOfGrpc = ({ host, port, tlsCert }: Place): Promise<Holder> =>
  new Promise((resolve) => {
    const url = `${tlsCert === null ? 'http' : 'https'}://${addressOf(host, port)}`;
    if (!URL.canParse(url)) return resolve('other');
    let holder: Holder = 'other';
    const session = connect(url, { rejectUnauthorized: false });
    // After an alert the session emits no more events, not even `close`: the request's events have to do.
    const done = () => {
      clearTimeout(late);
      session.destroy();
      resolve(holder);
    };
    const late = setTimeout(done, ANSWER_TIMEOUT_MS);
    const look = (headers: IncomingHttpHeaders) => {
      if (headers['grpc-status'] === '0' || headers['earshot-code'] !== undefined) holder = 'earshot';
    };
    session.on('error', () => undefined).on('close', done);
    session
      .request(LIST_MODELS)
      .on('response', look)
      .on('trailers', look)
      .on('error', (problem: Error) => (holder = holderThatFails(problem)))
      .on('close', done)
      .resume()
      .end(EMPTY_MESSAGE);
  });

const LIST_MODELS = {
  ':method': 'POST',
  ':path': '/earshot.v1.IntentService/ListModels',
  'content-type': 'application/grpc',
  te: 'trailers',
};

/** A gRPC message that is not compressed and has no bytes. */
const EMPTY_MESSAGE = Buffer.alloc(5);
