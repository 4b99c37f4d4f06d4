import { ENCODINGS } from './client-messages.js';
import { ERROR_CODES } from './error-code.js';
import * as limits from './limits.js';
import type { Range } from './limits.js';
import { GAP_REASONS, INTENT_STATUSES, UTTERANCE_END_REASONS } from './server-messages.js';

/** A constraint on the value of a field, in addition to its type in the schema. */
export interface Rule {
  /** What would be right; follows "give" in an error message. */
  readonly right: string;
  /** What is wrong with a value, or null; follows the field's name and the value in an error message. */
  wrong(value: string | number): string | null;
}

const span = ({ min, max }: Range): string => `${min}–${max}`;

/** Requires a number within the range; NaN never is. */
export const within = (range: Range): Rule => ({
  right: span(range),
  wrong: (value) => (Number(value) >= range.min && Number(value) <= range.max ? null : `is outside ${span(range)}`),
});

const oneOf = (allowed: readonly string[]): Rule => ({
  right: `one of ${allowed.join(', ')}`,
  wrong: (value) => (allowed.includes(String(value)) ? null : `is not one of ${allowed.join(', ')}`),
});

const lengthWithin = (range: Range): Rule => ({
  right: `${span(range)} characters`,
  wrong: (value) => {
    const length = Array.from(String(value)).length;
    return length >= range.min && length <= range.max
      ? null
      : `has ${length} characters, which is outside ${span(range)}`;
  },
});

/** The rules by message and field of the schema; most fields have none. */
export const RULES: Readonly<Record<string, Rule>> = {
  'AudioFormat.encoding': oneOf(ENCODINGS),
  'AudioFormat.sample_rate': within(limits.SAMPLE_RATE),
  'AudioFormat.channels': within(limits.CHANNELS),
  'Start.model': lengthWithin(limits.MODEL_NAME_LENGTH),
  'Start.hop_ms': within(limits.HOP_MS),
  'Start.top_k': within(limits.TOP_K),
  'Start.threshold': within(limits.PROBABILITY),
  'Start.client_reference_id': lengthWithin(limits.CLIENT_REFERENCE_ID_LENGTH),
  'Endpointing.silence_ms': within(limits.SILENCE_MS),
  'Endpointing.max_utterance_ms': within(limits.MAX_UTTERANCE_MS),
  'Resume.session_id': lengthWithin(limits.TOKEN_LENGTH),
  'Resume.resume_token': lengthWithin(limits.TOKEN_LENGTH),
  'Configure.top_k': within(limits.TOP_K),
  'Configure.threshold': within(limits.PROBABILITY),
  'ClassifyRequest.model': lengthWithin(limits.MODEL_NAME_LENGTH),
  'ClassifyRequest.top_k': within(limits.TOP_K),
  'Intent.status': oneOf(INTENT_STATUSES),
  'UtteranceEnd.reason': oneOf(UTTERANCE_END_REASONS),
  'Gap.reason': oneOf(GAP_REASONS),
  'Error.code': oneOf(ERROR_CODES),
};
