import type { Configure, Encoding, Endpointing, StartDraft } from '../../proto/client-messages.js';
import { readControl } from '../../proto/read-control.js';
import { checkSettings } from './check-options.js';
import type { Codec } from './codec.js';
import { EarshotError } from './earshot-error.js';
import { given } from './given.js';

/** The format of the audio that you send. */
export interface AudioOptions {
  readonly encoding: Encoding;
  /** Samples per second of each channel, 8000–192000. */
  readonly sampleRate: number;
  /** Number of channels, interleaved sample by sample, 1–8. Default: 1. */
  readonly channels?: number;
}

/** Settings that can be changed while the stream runs. A setting that is left out keeps its value, which is the default at first. */
export interface Settings {
  /** Whether tentative intents are sent. Default: true. */
  readonly interim?: boolean;
  /** How many scores an intent carries, 1–100. Default: 5. */
  readonly topK?: number;
  /** Speech whose best intent scores below this (0–1) is out of scope. Default: the model's own threshold. */
  readonly threshold?: number;
  /**
   * When an utterance ends: after `silenceMs` milliseconds of silence (200–10000, default 1000), or when it is `maxUtteranceMs`
   * milliseconds long (1000–120000, default 30000).
   */
  readonly endpointing?: { readonly silenceMs?: number; readonly maxUtteranceMs?: number };
}

/** A value, or a function that is called for it whenever it is needed. */
export type Asked<T> = T | (() => T | Promise<T>);

/** Resolves with the value, or with what the function returns; rejects with what the function throws. */
export const ask = async <T extends object | string>(asked: Asked<T>): Promise<T> =>
  await (typeof asked === 'function' ? (asked as () => T | Promise<T>)() : asked);

/** The options of a stream over any transport. */
export interface StreamOptions extends Settings {
  /** Address of the server. A function is called before every connection, for an address that expires. */
  readonly url: Asked<string | URL>;
  readonly audio: AudioOptions;
  /** Name of the model, 1–128 characters. Default: the server's default model. */
  readonly model?: string;
  /** Milliseconds between the starts of successive frames, 100–1000. Default: the model's own hop. */
  readonly hopMs?: number;
  /** Your own name for the stream, at most 256 characters. The server repeats it in `ready` and never logs it. */
  readonly clientReferenceId?: string;
  /** Aborts the stream when it fires, in any state: the stream ends with `aborted`. */
  readonly signal?: AbortSignal;
  /**
   * API key, JWT or single-use token, for a server that asks for one. Sent as `Authorization: Bearer`, in browsers as a WebSocket
   * sub-protocol. A function is called before every connection; use one for tokens that expire or can be used only once.
   */
  readonly token?: Asked<string>;
  /**
   * HTTP headers of the handshake, or gRPC metadata. A function is called before every connection, for credentials that expire.
   * Browsers cannot send headers: there this option is refused with `bad_request`.
   */
  readonly headers?: Asked<Readonly<Record<string, string>>>;
  /** Milliseconds that each connection may take until the server is ready, from 1 to Infinity. Default: 10000. */
  readonly connectTimeoutMs?: number;
  /**
   * Milliseconds for which the client tries to replace a lost connection: from 0 (the stream ends at once) to Infinity (it never
   * gives up). No attempt begins later. Default: 60000.
   */
  readonly reconnectTimeoutMs?: number;
  /**
   * Milliseconds of audio that may wait for the server, at least 1; when so much is waiting, `send` rejects with `buffer_full`. Audio
   * that was already sent counts only if it is at least a frame and a hop long, because the server confirms the newest part only
   * when it has heard more. Default: 30000.
   */
  readonly bufferMs?: number;
}

/** The options of a stream over WebSocket. `url` is `ws://host:port` (the path is then `/v1/stream`), or an address with a path. */
export interface WebSocketStreamOptions extends StreamOptions {
  /** How messages are encoded. Default: JSON. For protobuf, pass `protobuf` from `@earshot/client/protobuf`. */
  readonly codec?: Codec;
}

/** The characters allowed in a credential (RFC 6750 §2.1), in the name of a header and in its value (RFC 9110 §5). */
const CREDENTIAL_SHAPE = /^[\w.~+/-]*=*$/;
const NAME_SHAPE = /^[\w!#$%&'*+.^`|~-]+$/;
const VALUE_SHAPE = /^[\t -~\x80-\xff]*$/;

/**
 * The headers for a new connection, including `Authorization` for the token. Rejects with what the functions in the options throw,
 * and with EarshotError `bad_request` when a header or the token cannot be sent; the message contains no value, as it may be secret.
 */
export const headersFor = async ({ headers, token }: StreamOptions): Promise<Record<string, string>> => {
  const [asked, credential] = await Promise.all([ask(headers ?? {}), ask(token ?? '')]);
  // Null and undefined count as no headers.
  const named = (asked as unknown) ?? {};
  // The names of a Headers or a Map are no properties, and a text has properties that are no names.
  if (!isRecord(named))
    throw new EarshotError(
      'bad_request',
      'headers are no object of names and values; of a Headers or a Map, give Object.fromEntries(it)',
    );
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

const isRecord = (value: unknown): value is Record<string, string> =>
  typeof value === 'object' && value !== null && !(Symbol.iterator in value);

/** Whether a value is a string that matches `shape`. */
export const isText = (value: unknown, shape: RegExp): boolean => typeof value === 'string' && shape.test(value);

/** Makes the start message from the options. Throws EarshotError `bad_request` with the message that the server would send. */
export function startFrom(options: StreamOptions): StartDraft {
  const { audio, model, hopMs, clientReferenceId } = options;
  return checked({
    type: 'start',
    audio: given({ encoding: audio.encoding, sample_rate: audio.sampleRate, channels: audio.channels }),
    ...given({ model, hop_ms: hopMs, client_reference_id: clientReferenceId }),
    ...settingsOf(options),
  });
}

/** Makes the configure message from the settings. Throws EarshotError `bad_request` when they are invalid. */
export function configureFrom(settings: Settings): Configure {
  checkSettings(settings);
  return checked({ type: 'configure', ...settingsOf(settings) });
}

/** The start message with the settings of later `configure` messages. */
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

function checked<T extends StartDraft | Configure>(message: T): T {
  const { type, ...fields } = message;
  const reading = readControl(type, fields, 'strict');
  if (!reading.ok) throw new EarshotError('bad_request', reading.problem);
  return message;
}
