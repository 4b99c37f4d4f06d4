import type { Endpointing, Start, StartDraft } from './client-messages.js';
import { DEFAULTS } from './defaults.js';

const endpointingOf = (draft: Partial<Endpointing> = {}): Endpointing => ({
  silence_ms: draft.silence_ms ?? DEFAULTS.silence_ms,
  max_utterance_ms: draft.max_utterance_ms ?? DEFAULTS.max_utterance_ms,
});

/** The audio format with the default number of channels filled in. */
export const audioFormatOf = (draft: StartDraft['audio']): Start['audio'] => ({
  channels: DEFAULTS.channels,
  ...draft,
});

/** The start with defaults filled in, except those that depend on the model. */
export const startOf = (draft: StartDraft): Start => ({
  ...draft,
  audio: audioFormatOf(draft.audio),
  interim: draft.interim ?? DEFAULTS.interim,
  top_k: draft.top_k ?? DEFAULTS.top_k,
  endpointing: endpointingOf(draft.endpointing),
  receipts: draft.receipts ?? DEFAULTS.receipts,
});
