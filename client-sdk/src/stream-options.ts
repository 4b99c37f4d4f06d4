import type { Configure, Encoding, Endpointing, StartDraft } from '../../proto/client-messages.js';
import { decodeClientJson, encodeClientJson } from '../../proto/json.js';
import { checkSettings } from './check-options.js';
import type { Codec } from './codec.js';
import { EarshotError } from './earshot-error.js';

/** How the audio that will be sent becomes samples; channels (default 1) are interleaved. */
export interface AudioOptions {
  readonly encoding: Encoding;
  /** Samples per second of each channel, 8000–192000. */
  readonly sampleRate: number;
  readonly channels?: number;
}

/** What may be changed while the stream runs; what is left out keeps its value, at first the server's default. */
export interface Settings {
  /** Whether tentative intents are sent. */
  readonly interim?: boolean;
  /** Scores that an intent carries, 1–100. */
  readonly topK?: number;
  /** Speech whose best intent scores below this (0–1) is out of scope. */
  readonly threshold?: number;
  /** Milliseconds of silence that end an utterance, and at which a growing one is ended. */
  readonly endpointing?: { readonly silenceMs?: number; readonly maxUtteranceMs?: number };
}

/** A value, or a function that is asked for it whenever it is needed. */
export type Asked<T> = T | (() => T | Promise<T>);

/** What is asked for, now; rejects with what the function throws. */
export const ask = async <T extends object | string>(asked: Asked<T>): Promise<T> =>
  await (typeof asked === 'function' ? (asked as () => T | Promise<T>)() : asked);

/** What every transport needs to open a stream. */
export interface StreamOptions extends Settings {
  /** Where the server is; a function is asked before every connection, for an address that expires. */
  readonly url: Asked<string | URL>;
  readonly audio: AudioOptions;
  readonly model?: string;
  /** Milliseconds between the starts of successive frames. */
  readonly hopMs?: number;
  /** Your own name for the stream, at most 256 characters; it is repeated in `ready`, and never logged. */
  readonly clientReferenceId?: string;
  /** Aborts the stream, also while it is being opened. */
  readonly signal?: AbortSignal;
  /**
   * API key, JWT or single-use token for a server that asks for one; a function is asked before every connection, for what expires or is good once. Sent
   * as `Authorization: Bearer`, by browsers as a sub-protocol.
   */
  readonly token?: Asked<string>;
  /** HTTP headers of the handshake, or gRPC metadata; a function is asked before every connection, for credentials that expire. Browsers send none. */
  readonly headers?: Asked<Readonly<Record<string, string>>>;
  /** Milliseconds until the server must be ready, at each connection; from 1 to Infinity. Default: 10000. */
  readonly connectTimeoutMs?: number;
  /** Milliseconds for which a lost connection is sought; 0 ends the stream at once, Infinity never. Default: 60000. */
  readonly reconnectTimeoutMs?: number;
  /** Milliseconds of audio that may wait for the server; what was sent once counts only from a frame and a hop on, since less than that it cannot confirm before it hears more. Beyond it `send` takes no more. Default: 30000. */
  readonly bufferMs?: number;
}

/** A stream over WebSocket; `url` is `ws://host:port`, or a whole address with its path. */
export interface WebSocketStreamOptions extends StreamOptions {
  /** How messages travel. Default: JSON; `@earshot/client/protobuf` has the other. */
  readonly codec?: Codec;
}

/** What a credential (RFC 6750 §2.1), the name of a header and its value (RFC 9110 §5) may consist of. */
const CREDENTIAL_SHAPE = /^[\w.~+/-]*=*$/;
const NAME_SHAPE = /^[\w!#$%&'*+.^`|~-]+$/;
const VALUE_SHAPE = /^[\t -~\x80-\xff]*$/;

/**
 * The headers that go with a connection, the token's among them. Rejects with what asking for them throws, and with EarshotError `bad_request` where they
 * cannot be sent; it tells no value, for that may be a secret.
 */
export const headersFor = async ({ headers = {}, token = '' }: StreamOptions): Promise<Record<string, string>> => {
  const [asked, credential] = await Promise.all([ask(headers), ask(token)]);
  // What JavaScript gives for none, null or undefined, is none.
  const named = { ...asked };
  if (!isText(credential, CREDENTIAL_SHAPE))
    throw new EarshotError(
      'bad_request',
      'token has characters that no credential has, perhaps a line break at its end',
    );
  for (const [name, value] of Object.entries(named)) {
    if (NAME_SHAPE.test(name) && isText(value, VALUE_SHAPE)) continue;
    throw new EarshotError('bad_request', `header ${JSON.stringify(name)} has a name or a value that cannot be sent`);
  }
  return { ...named, ...(credential !== '' && { Authorization: `Bearer ${credential}` }) };
};

/** Whether a value is a text of that shape. */
export const isText = (value: unknown, shape: RegExp): boolean => typeof value === 'string' && shape.test(value);

/** The start message that the options ask for; throws EarshotError `bad_request` with the sentence that the server would say. */
export function startFrom(options: StreamOptions): StartDraft {
  const { audio, model, hopMs, clientReferenceId } = options;
  return checked({
    type: 'start',
    audio: given({ encoding: audio.encoding, sample_rate: audio.sampleRate, channels: audio.channels }),
    ...given({ model, hop_ms: hopMs, client_reference_id: clientReferenceId }),
    ...settingsOf(options),
  });
}

/** The configure message that the settings ask for; throws as `startFrom` does. */
export function configureFrom(settings: Settings): Configure {
  checkSettings(settings);
  return checked({ type: 'configure', ...settingsOf(settings) });
}

/** The start with settings that were changed later. */
export const withSettings = (start: StartDraft, { endpointing, ...settings }: Omit<Configure, 'type'>): StartDraft => ({
  ...start,
  ...settings,
  ...(endpointing && { endpointing: { ...start.endpointing, ...endpointing } }),
});

function settingsOf({ interim, topK, threshold, endpointing }: Settings): Omit<Configure, 'type'> {
  const ends: Partial<Endpointing> | undefined =
    endpointing && given({ silence_ms: endpointing.silenceMs, max_utterance_ms: endpointing.maxUtteranceMs });
  return given({ interim, top_k: topK, threshold, endpointing: ends });
}

type Given<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** The object without its undefined fields. */
const given = <T extends object>(fields: T): Given<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<T>;

function checked<T extends StartDraft | Configure>(message: T): T {
  const reading = decodeClientJson(encodeClientJson(message));
  if (!reading.ok) throw new EarshotError('bad_request', reading.problem);
  return message;
}
