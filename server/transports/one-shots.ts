import { setImmediate as nextTurn } from 'node:timers/promises';
import { SAMPLE_BYTES } from '../audio/sample-format.js';
import { readWav } from '../audio/wav.js';
import { refusal, refused, type Refused } from '../domain/error-code.js';
import type { Identity } from '../domain/identity.js';
import { milliseconds, type Milliseconds } from '../domain/units.js';
import type { Account } from '../session/accounts.js';
import { classifyRecording, type Recording, type RecordingVerdict } from '../session/classify-recording.js';
import type { Reception } from '../session/reception.js';
import type { ServedModel } from '../session/served-model.js';
import type { SessionContext } from '../session/session-context.js';
import { DEFAULTS } from '../../proto/defaults.js';
import { MAX_RECORDING_BYTES } from '../../proto/limits.js';
import type { ClassifyRequest } from '../../proto/one-shot-messages.js';
import { audioFromWire } from './from-wire.js';

/** The refusal of a recording that is too long, over every transport. */
export const RECORDING_TOO_LARGE = refusal(
  'message_too_large',
  `a recording may have ${MAX_RECORDING_BYTES} bytes: stream longer ones`,
);

export type OneShotAnswer = { readonly ok: true; readonly verdict: RecordingVerdict } | Refused;

export type ModelsAnswer = { readonly ok: true; readonly models: readonly ServedModel[] } | Refused;

/** The requests other than streams, the same over HTTP and gRPC. */
export interface OneShots {
  /** Classifies one recording; rejects with CallerLeft when `gone` is aborted because nobody waits for the answer any more. */
  classify(request: ClassifyRequest, identity: Identity, gone: AbortSignal): Promise<OneShotAnswer>;
  /** The models that the caller may use, its default first. */
  models(identity: Identity): ModelsAnswer;
  /** Resolves when no recording is being classified any more, or after `within`. */
  done(within: Milliseconds): Promise<void>;
}

export const createOneShots = (context: SessionContext, reception: Reception): OneShots => {
  let underWay = 0;
  let lastDone: () => void = () => undefined;
  return {
    models: ({ rights }) => {
      const why = reception.refusalOfAll;
      return why ? refused(why) : { ok: true, models: context.models.offeredTo(rights) };
    },
    classify: async (request, identity, gone) => {
      const account = reception.accounts.of(identity);
      const why = reception.refusalFor(identity);
      if (why) return refused(why);
      account.opened();
      underWay += 1;
      try {
        return await classifyFor(account, request, gone, context);
      } finally {
        account.closed();
        underWay -= 1;
        if (underWay === 0) lastDone();
      }
    },
    done: async (within) => {
      if (underWay === 0) return;
      await new Promise<void>((resolve) => {
        const late = context.clock.after(within, resolve);
        lastDone = () => {
          late.cancel();
          resolve();
        };
      });
      // Lets the last answer be sent before the server goes on to close.
      await nextTurn();
    },
  };
};

const classifyFor = async (
  account: Account,
  { recording, model: name, top_k }: ClassifyRequest,
  gone: AbortSignal,
  context: SessionContext,
): Promise<OneShotAnswer> => {
  if (recording.bytes.length > MAX_RECORDING_BYTES) return refused(RECORDING_TOO_LARGE);
  const choice = context.models.choose(name ?? null, account.rights);
  if (!choice.ok) return choice;
  const audio = recordingOf(recording);
  if (!audio.ok) return audio;
  const why = account.hear(secondsOf(audio.recording));
  if (why) return refused(why);
  const { model } = choice;
  const task = { model, announcing: announcing(top_k), tenant: account.identity.name, gone };
  const verdict = await classifyRecording(audio.recording, task, context);
  if (verdict.gapMs === 0) return { ok: true, verdict };
  return refused(refusal('overloaded', `${verdict.gapMs} ms of the recording could not be classified now: try again`));
};

/** Seconds of audio, over all channels. */
const secondsOf = ({ format, bytes }: Recording): number =>
  bytes.length / (SAMPLE_BYTES[format.encoding] * format.sampleRate);

const announcing = (topK: number) => ({
  interim: false,
  topK,
  threshold: null,
  endpointing: { silence: milliseconds(DEFAULTS.silence_ms), maxUtterance: milliseconds(DEFAULTS.max_utterance_ms) },
});

type Read = { readonly ok: true; readonly recording: Recording } | Refused;

const recordingOf = (recording: ClassifyRequest['recording']): Read => {
  if (recording.kind === 'raw')
    return { ok: true, recording: { format: audioFromWire(recording.audio), bytes: recording.bytes } };
  const wav = readWav(recording.bytes);
  return wav.kind === 'audio'
    ? { ok: true, recording: { format: wav.format, bytes: wav.audio } }
    : refused(refusal('bad_request', wav.message));
};
