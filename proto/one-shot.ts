import type { StartDraft } from './client-messages.js';
import { decoded, undecodable, type Decoded } from './decoded.js';
import { DEFAULTS } from './defaults.js';
import { FieldReader } from './field-reader.js';
import { earshot } from './generated/earshot.js';
import type { ClassifyRequest, ClassifyResponse, ListModelsResponse, Recording } from './one-shot-messages.js';
import { roundedResponse } from './rounding.js';
import { audioFormatOf } from './start.js';
import { faultInBytes } from './strict-bytes.js';

const schema = earshot.v1;

/** The fields of a ClassifyRequest after they have been checked. */
interface ClassifyFields {
  readonly wav?: Uint8Array;
  readonly raw?: { readonly audio: StartDraft['audio']; readonly content: Uint8Array };
  readonly model?: string;
  readonly top_k?: number;
}

/** Reads a ClassifyRequest. The recording's bytes are a view of `bytes`. */
export function decodeClassifyRequest(bytes: Uint8Array): Decoded<ClassifyRequest> {
  const fault = faultInBytes(bytes, 'ClassifyRequest', 'classify');
  if (fault !== null) return undecodable(fault);
  const fields = readAs<ClassifyFields>('ClassifyRequest', 'classify', schema.ClassifyRequest.decode(bytes));
  if (!fields.ok) return fields;
  const { model, top_k = DEFAULTS.top_k } = fields.message;
  const recording = recordingOf(fields.message);
  if (recording === null) return undecodable('classify has no recording; give wav or raw');
  return decoded({ recording, top_k, ...(model !== undefined && { model }) });
}

/** Writes a ClassifyRequest. */
export function encodeClassifyRequest({ recording, ...settings }: ClassifyRequest): Uint8Array {
  const source =
    recording.kind === 'wav' ? { wav: recording.bytes } : { raw: { audio: recording.audio, content: recording.bytes } };
  return schema.ClassifyRequest.encode({ ...settings, ...source }).finish();
}

/** Reads a ClassifyResponse; unknown fields are skipped. */
export const decodeClassifyResponse = (bytes: Uint8Array): Decoded<ClassifyResponse> =>
  readResponse('ClassifyResponse', () => schema.ClassifyResponse.decode(bytes));

/** Writes a ClassifyResponse: probabilities with six decimals. */
export const encodeClassifyResponse = (response: ClassifyResponse): Uint8Array =>
  schema.ClassifyResponse.encode(roundedResponse(response) as earshot.v1.ClassifyResponse.$Properties).finish();

/** Writes a ClassifyResponse as the JSON body that answers `POST /v1/classify`. */
export const encodeClassifyResponseJson = (response: ClassifyResponse): string =>
  JSON.stringify(roundedResponse(response));

/** Reads a ListModelsRequest, which is empty. */
export function decodeListModelsRequest(bytes: Uint8Array): Decoded<object> {
  const fault = faultInBytes(bytes, 'ListModelsRequest', 'request');
  return fault === null ? decoded({}) : undecodable(fault);
}

/** Reads a ListModelsResponse; unknown fields are skipped. */
export const decodeListModelsResponse = (bytes: Uint8Array): Decoded<ListModelsResponse> =>
  readResponse('ListModelsResponse', () => schema.ListModelsResponse.decode(bytes));

/** Writes a ListModelsResponse. */
export const encodeListModelsResponse = (response: ListModelsResponse): Uint8Array =>
  schema.ListModelsResponse.encode(response as earshot.v1.ListModelsResponse.$Properties).finish();

function recordingOf({ wav, raw }: ClassifyFields): Recording | null {
  if (wav !== undefined) return { kind: 'wav', bytes: wav };
  if (raw === undefined) return null;
  return { kind: 'raw', audio: audioFormatOf(raw.audio), bytes: raw.content };
}

function readResponse<T>(shape: string, decode: () => object): Decoded<T> {
  try {
    return readAs(shape, 'response', decode());
  } catch (error) {
    return undecodable(`the response is not a valid ${shape}: ${String(error)}`);
  }
}

function readAs<T>(shape: string, label: string, source: object): Decoded<T> {
  const reader = new FieldReader('lenient');
  const message = reader.read(shape, label, source);
  const [fault] = reader.faults;
  return fault === undefined ? decoded(message as T) : undecodable(fault);
}
