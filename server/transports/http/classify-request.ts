import type { IncomingMessage } from 'node:http';
import { refusal, refused, type Refused } from '../../domain/error-code.js';
import { CallerLeft } from '../../session/caller-left.js';
import { shown } from '../../../proto/decoded.js';
import { MAX_RECORDING_BYTES } from '../../../proto/limits.js';
import type { ClassifyRequest } from '../../../proto/one-shot-messages.js';
import { classifyFromQuery } from '../../../proto/query.js';
import { RECORDING_TOO_LARGE } from '../one-shots.js';
import { TOKEN_PARAMETER } from '../presented.js';

export type AskedToClassify = { readonly ok: true; readonly message: ClassifyRequest } | Refused;

/** Reads a `POST /v1/classify`: settings from the query, the recording from the body. */
export const classifyRequestOf = async (
  request: IncomingMessage,
  { searchParams }: Pick<URL, 'searchParams'>,
): Promise<AskedToClassify> => {
  searchParams.delete(TOKEN_PARAMETER);
  const query = classifyFromQuery(searchParams);
  if (!query.ok) return refused(refusal('bad_request', query.problem));
  const wrapping = wrappingOf(request);
  if (wrapping !== null) return refused(refusal('bad_request', wrapping));
  const bytes = await bodyOf(request);
  if (bytes === null) return refused(RECORDING_TOO_LARGE);
  const { audio, ...settings } = query.message;
  if (audio === undefined && isCutByCurl(request, bytes)) return refused(CUT_BY_CURL);
  const recording = audio === undefined ? ({ kind: 'wav', bytes } as const) : ({ kind: 'raw', audio, bytes } as const);
  return { ok: true, message: { ...settings, recording } };
};

/** Why the body is not just the recording (it is compressed or a form, and would be taken for audio); null where it is. */
const wrappingOf = ({ headers }: IncomingMessage): string | null => {
  const { 'content-encoding': coding = 'identity', 'content-type': type = '' } = headers;
  if (coding.trim().toLowerCase() !== 'identity')
    return `Content-Encoding ${shown(coding)} is not undone here: send the recording uncompressed`;
  return /^multipart\//i.test(type) ? `${shown(type)} is a form: send the recording alone as the body` : null;
};

const CUT_BY_CURL = refusal(
  'bad_request',
  'bytes of this WAV file were lost before it was sent: curl sends files unchanged with --data-binary, not with -d',
);

/** Whether a body looks like a WAV file that was sent with `curl -d`, which leaves out zero bytes and line ends. */
const isCutByCurl = ({ headers }: IncomingMessage, bytes: Uint8Array): boolean => {
  const textAt = (at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));
  const isForm = headers['content-type'] === 'application/x-www-form-urlencoded';
  return isForm && textAt(0) === 'RIFF' && textAt(8) !== 'WAVE';
};

/** The whole body; null as soon as it grows beyond the limit. */
const bodyOf = async (request: IncomingMessage): Promise<Uint8Array | null> => {
  if (Number(request.headers['content-length'] ?? 0) > MAX_RECORDING_BYTES) return null;
  const pieces: Buffer[] = [];
  let length = 0;
  return new Promise((resolve, reject) => {
    request.on('error', () => reject(new CallerLeft()));
    request.on('end', () => resolve(length > MAX_RECORDING_BYTES ? null : Buffer.concat(pieces, length)));
    request.on('data', (piece: Buffer) => {
      length += piece.length;
      if (length <= MAX_RECORDING_BYTES) return void pieces.push(piece);
      pieces.length = 0;
      resolve(null);
    });
  });
};
