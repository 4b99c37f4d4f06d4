import { shown } from '../../proto/decoded.js';
import { EarshotError } from './earshot-error.js';
import type { Settings, WebSocketStreamOptions } from './stream-options.js';

/** Throws EarshotError `bad_request` for options that are none. */
export function checkOptions(options: WebSocketStreamOptions): void {
  checkFields('options', options, '{ url, audio }');
  checkFields('audio', options.audio, '{ encoding, sampleRate }');
  checkEndpointing(options);
}

/** Throws EarshotError `bad_request` for settings that are none. */
export function checkSettings(settings: Settings): void {
  checkFields('settings', settings, 'some of interim, topK, threshold, endpointing');
  checkEndpointing(settings);
}

const checkEndpointing = ({ endpointing = {} }: Settings): void =>
  checkFields('endpointing', endpointing, '{ silenceMs, maxUtteranceMs }');

function checkFields(name: string, value: unknown, right: string): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return;
  throw wrong(`${name} ${value === undefined ? 'is missing' : `${shown(value)} is no object`}; give ${right}`);
}

const wrong = (what: string): EarshotError => new EarshotError('bad_request', what);
