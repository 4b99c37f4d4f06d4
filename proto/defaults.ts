/**
 * Defaults of fields that a message leaves out. `model` defaults to the server's default model, `hop_ms` and `threshold` to what the
 * model's card says.
 */
export const DEFAULTS = {
  channels: 1,
  interim: true,
  top_k: 5,
  receipts: false,
  /** Milliseconds of silence that end an utterance. */
  silence_ms: 1_000,
  /** Length in milliseconds at which an utterance is ended. */
  max_utterance_ms: 30_000,
} as const;
