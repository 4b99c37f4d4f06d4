/** An inclusive range of allowed numbers. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** Samples per second of each channel. */
export const SAMPLE_RATE: Range = { min: 8_000, max: 192_000 };
/** Interleaved channels of one stream. */
export const CHANNELS: Range = { min: 1, max: 8 };
/** Milliseconds between the starts of successive frames; a model may allow a narrower range. */
export const HOP_MS: Range = { min: 100, max: 1_000 };
/** How many scores an intent carries. */
export const TOP_K: Range = { min: 1, max: 100 };
/** Probabilities. */
export const PROBABILITY: Range = { min: 0, max: 1 };
/** Milliseconds of silence that end an utterance. */
export const SILENCE_MS: Range = { min: 200, max: 10_000 };
/** Length in milliseconds at which an utterance is ended. */
export const MAX_UTTERANCE_MS: Range = { min: 1_000, max: 120_000 };
/** Characters (Unicode code points) of a model's name. */
export const MODEL_NAME_LENGTH: Range = { min: 1, max: 128 };
/** Characters of the client's own name for a stream. */
export const CLIENT_REFERENCE_ID_LENGTH: Range = { min: 0, max: 256 };
/** Characters of a session id or a resume token. */
export const TOKEN_LENGTH: Range = { min: 1, max: 256 };
/** The range of an unsigned 32-bit field; as stream time in milliseconds, 49.7 days. */
export const UINT32: Range = { min: 0, max: 0xff_ff_ff_ff };

/** Most bytes of one message from a client; more is `message_too_large`. About one second of 32 kHz stereo in 32-bit floats. */
export const MAX_MESSAGE_BYTES = 256 * 1024;
/** Most characters of one JSON control message, which never carries audio. */
export const MAX_CONTROL_CHARACTERS = 16 * 1024;
/** Most bytes of a recording to classify in one shot: 17 minutes of 16-bit PCM at 16 kHz. */
export const MAX_RECORDING_BYTES = 32 * 1024 * 1024;
