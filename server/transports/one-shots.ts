import { readWav } from '../audio/wav.js';
import { refusal, type Refusal } from '../domain/error-code.js';
import { milliseconds } from '../domain/units.js';
import { classifyRecording, type Recording, type RecordingVerdict } from '../session/classify-recording.js';
import type { Reception } from '../session/reception.js';
import { unknownModel } from '../session/resolve-start.js';
import type { ServedModel } from '../session/served-model.js';
import type { SessionContext } from '../session/session-context.js';
import { DEFAULTS } from '../../proto/defaults.js';
import type { ClassifyRequest } from '../../proto/one-shot-messages.js';
import { audioFromWire } from './from-wire.js';

export type OneShotAnswer =
  { readonly ok: true; readonly verdict: RecordingVerdict } | { readonly ok: false; readonly refusal: Refusal };

/** The requests that are no streams, the same over HTTP and gRPC. */
export interface OneShots {
  classify(request: ClassifyRequest): Promise<OneShotAnswer>;
  /** The models served, the default first. */
  models(): readonly ServedModel[];
}

export const createOneShots = (context: SessionContext, reception: Reception): OneShots => ({
  models: () => context.models.all,
  classify: async ({ recording, model: name, top_k }) => {
    if (reception.refusal) return { ok: false, refusal: reception.refusal };
    const model = context.models.find(name ?? null);
    if (!model) return { ok: false, refusal: refusal('model_not_found', unknownModel(name ?? '', context.models)) };
    const audio = recordingOf(recording);
    if (!audio.ok) return audio;
    const verdict = await classifyRecording(audio.recording, model, announcing(top_k), context);
    if (verdict.gapMs === 0) return { ok: true, verdict };
    return {
      ok: false,
      refusal: refusal('overloaded', `${verdict.gapMs} ms of the recording could not be classified now: try again`),
    };
  },
});

const announcing = (topK: number) => ({
  interim: false,
  topK,
  threshold: null,
  endpointing: { silence: milliseconds(DEFAULTS.silence_ms), maxUtterance: milliseconds(DEFAULTS.max_utterance_ms) },
});

type Read = { readonly ok: true; readonly recording: Recording } | { readonly ok: false; readonly refusal: Refusal };

const recordingOf = (recording: ClassifyRequest['recording']): Read => {
  if (recording.kind === 'raw')
    return { ok: true, recording: { format: audioFromWire(recording.audio), bytes: recording.bytes } };
  const wav = readWav(recording.bytes);
  return wav.kind === 'audio'
    ? { ok: true, recording: { format: wav.format, bytes: wav.audio } }
    : { ok: false, refusal: refusal('bad_request', wav.message) };
};
