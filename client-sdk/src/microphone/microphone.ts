/** Which microphone to open, and how the browser may filter its audio. */
export interface MicrophoneOptions {
  /** The `deviceId` of one of `microphones()`. Default: the system's choice. */
  readonly deviceId?: string;
  /** The browser's filters. All are off by default: models trained on telephone speech work best with unfiltered audio. */
  readonly echoCancellation?: boolean;
  readonly noiseSuppression?: boolean;
  readonly autoGainControl?: boolean;
  /** Address at which you serve `WORKLET_SOURCE`. Needed only if your Content-Security-Policy forbids scripts from `blob:`. */
  readonly workletUrl?: string | URL;
  /** Releases the microphone when it fires, even if the user grants permission only afterwards. */
  readonly signal?: AbortSignal;
}

/**
 * An open microphone, and an async iterable of its audio for one reader: 16-bit samples, about 50 ms at a time. Iteration ends after
 * `stop()`, and throws MicrophoneError when the microphone is lost or fails. Leaving the loop releases the microphone.
 */
export interface Microphone extends AsyncIterable<Int16Array, undefined> {
  /** The `audio` option for `createStream`: 16 kHz, one channel, whatever the rate of the device. */
  readonly audio: { readonly encoding: 'pcm_s16le'; readonly sampleRate: 16000; readonly channels: 1 };
  /** The device's name; empty if the browser does not tell it. */
  readonly label: string;
  readonly deviceId: string;
  /** How loud it is now, for a meter: the root mean square of the newest 50 ms, 0–1. */
  readonly level: number;
  /** Milliseconds of audio that were dropped because 30 s were waiting to be read. They take no stream time. */
  readonly droppedMs: number;
  /** Stops listening. What was heard before can still be read, then iteration ends. Resolves once the device is released; never rejects. */
  stop(): Promise<void>;
}
