/** What a message means where it says nothing; `model`, `hop_ms` and `threshold` default to what the model's card says. */
export const DEFAULTS = {
  channels: 1,
  interim: true,
  top_k: 5,
  receipts: false,
  /** Milliseconds of silence that end an utterance. */
  silence_ms: 1_000,
  /** Milliseconds at which a growing utterance is ended. */
  max_utterance_ms: 30_000,
} as const;
