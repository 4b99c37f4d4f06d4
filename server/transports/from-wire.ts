import { refusal } from '../domain/error-code.js';
import type { AudioFormat } from '../domain/stream-settings.js';
import { hertz, milliseconds } from '../domain/units.js';
import type { CallerMessage, ResumeRequest, SettingsChange, StartRequest } from '../session/caller.js';
import type * as Wire from '../../proto/client-messages.js';
import type { Decoded } from '../../proto/decoded.js';

/** What a decoded message means to a session; one that could not be decoded is a `bad_request`. */
export const fromWire = (received: Decoded<Wire.ClientMessage>): CallerMessage => {
  if (!received.ok) return { kind: 'refused', refusal: refusal('bad_request', received.problem) };
  const { message } = received;
  switch (message.type) {
    case 'start':
      return { kind: 'start', request: startFromWire(message) };
    case 'audio':
      return { kind: 'audio', bytes: message.bytes };
    case 'configure':
      return { kind: 'configure', change: changeFromWire(message) };
    default:
      return { kind: message.type };
  }
};

export const audioFromWire = ({ encoding, sample_rate, channels }: Wire.AudioFormat): AudioFormat => ({
  encoding,
  sampleRate: hertz(sample_rate),
  channels,
});

const startFromWire = (start: Wire.Start): StartRequest => ({
  audio: audioFromWire(start.audio),
  model: start.model ?? null,
  hop: start.hop_ms === undefined ? null : milliseconds(start.hop_ms),
  interim: start.interim,
  topK: start.top_k,
  threshold: start.threshold ?? null,
  endpointing: {
    silence: milliseconds(start.endpointing.silence_ms),
    maxUtterance: milliseconds(start.endpointing.max_utterance_ms),
  },
  clientReferenceId: start.client_reference_id ?? null,
  receipts: start.receipts,
  resume: start.resume === undefined ? null : resumeFromWire(start.resume),
});

const resumeFromWire = ({ session_id, resume_token, last_event_seq }: Wire.Resume): ResumeRequest => ({
  sessionId: session_id,
  token: resume_token,
  lastSeq: last_event_seq,
});

const changeFromWire = ({ interim, top_k, threshold, endpointing }: Wire.Configure): SettingsChange => ({
  ...(interim === undefined ? {} : { interim }),
  ...(top_k === undefined ? {} : { topK: top_k }),
  ...(threshold === undefined ? {} : { threshold }),
  ...(endpointing?.silence_ms === undefined ? {} : { silence: milliseconds(endpointing.silence_ms) }),
  ...(endpointing?.max_utterance_ms === undefined ? {} : { maxUtterance: milliseconds(endpointing.max_utterance_ms) }),
});
