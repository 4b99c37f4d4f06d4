import { shown } from '../../proto/decoded.js';
import { EarshotError } from './earshot-error.js';
import { refuseUnknown, type Names } from './known-names.js';
import type { AudioOptions, Settings, WebSocketStreamOptions } from './stream-options.js';

const AUDIO: Record<keyof AudioOptions, null> = { encoding: null, sampleRate: null, channels: null };
const ENDPOINTING: Record<keyof NonNullable<Settings['endpointing']>, null> = { silenceMs: null, maxUtteranceMs: null };
const SETTINGS: Names<Settings> = { interim: null, topK: null, threshold: null, endpointing: ENDPOINTING };
const OPTIONS: Names<WebSocketStreamOptions> = {
  url: null,
  audio: AUDIO,
  model: null,
  hopMs: null,
  ...SETTINGS,
  clientReferenceId: null,
  codec: null,
  token: null,
  headers: null,
  signal: null,
  connectTimeoutMs: null,
  reconnectTimeoutMs: null,
  bufferMs: null,
};
/** The smallest allowed value of each option in milliseconds. */
const LEAST_MS = { connectTimeoutMs: 1, reconnectTimeoutMs: 0, bufferMs: 1 } as const;

/**
 * Throws EarshotError `bad_request` for mistakes that the server cannot report: unknown option names, and invalid values of
 * options that are never sent to it.
 */
export function checkOptions(options: WebSocketStreamOptions): void {
  checkFields('options', options, '{ url, audio }');
  checkFields('audio', options.audio, '{ encoding, sampleRate }');
  checkEndpointing(options);
  refuseUnknown(options, OPTIONS, 'option');
  checkCodec(options.codec);
  checkSignal(options.signal);
  for (const [name, least] of Object.entries(LEAST_MS)) {
    const ms: unknown = options[name as keyof typeof LEAST_MS] ?? least;
    if (typeof ms !== 'number' || !(ms >= least))
      throw wrong(`${name} ${shown(ms)} is no number of milliseconds from ${least} on`);
  }
}

/** Throws EarshotError `bad_request` when `settings` is not an object or has an unknown name. */
export function checkSettings(settings: Settings): void {
  checkFields('settings', settings, `some of ${Object.keys(SETTINGS).join(', ')}`);
  checkEndpointing(settings);
  refuseUnknown(settings, SETTINGS, 'setting');
}

const checkEndpointing = ({ endpointing }: Settings): void =>
  checkFields('endpointing', endpointing ?? {}, '{ silenceMs, maxUtteranceMs }');

function checkFields(name: string, value: unknown, right: string): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return;
  throw wrong(`${name} ${value === undefined ? 'is missing' : `${shown(value)} is no object`}; give ${right}`);
}

function checkCodec(codec: unknown): void {
  if (typeof ((codec ?? { encode: checkCodec }) as { encode?: unknown }).encode === 'function') return;
  const right = "import { protobuf } from '@earshot/client/protobuf' and give that, or leave it out for JSON";
  throw wrong(`codec ${shown(codec)} is no codec; ${right}`);
}

function checkSignal(signal: unknown): void {
  const { addEventListener, signal: its } = (signal ?? {}) as { addEventListener?: unknown; signal?: unknown };
  if (!signal || typeof addEventListener === 'function') return;
  throw wrong(`signal ${shown(signal)} is no AbortSignal${its ? '; give the signal of this AbortController' : ''}`);
}

const wrong = (what: string): EarshotError => new EarshotError('bad_request', what);
