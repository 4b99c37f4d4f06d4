/** Which microphone, and what the browser may do to its sound. */
export interface MicrophoneOptions {
  /** One of `microphones()`. Default: the system's choice. */
  readonly deviceId?: string;
  /** The browser's filters. All off by default: models that were trained on telephone speech hear best what no filter has changed. */
  readonly echoCancellation?: boolean;
  readonly noiseSuppression?: boolean;
  readonly autoGainControl?: boolean;
  /** Where `WORKLET_SOURCE` is served; only a page whose Content-Security-Policy forbids scripts from `blob:` needs it. */
  readonly workletUrl?: string | URL;
  /** Gives the microphone back, also one that is permitted after it fired. */
  readonly signal?: AbortSignal;
}

/**
 * A microphone that listens, and an async iterable of what it hears: 16-bit samples, about 50 ms at a time, one reader. Iteration ends
 * after `stop()`, and throws MicrophoneError when the microphone goes away. Leaving the loop gives the microphone back.
 */
export interface Microphone extends AsyncIterable<Int16Array, undefined> {
  /** What `openStream` takes as `audio`: 16 kHz, one channel, whatever rate the device has. */
  readonly audio: { readonly encoding: 'pcm_s16le'; readonly sampleRate: 16000; readonly channels: 1 };
  /** The device's name. */
  readonly label: string;
  readonly deviceId: string;
  /** How loud it is now, for a meter: the root mean square of the newest 50 ms, 0–1. */
  readonly level: number;
  /** Milliseconds that were dropped because 30 s were waiting to be read; they take no stream time. */
  readonly droppedMs: number;
  /** Hears no more: what was heard can still be read, then iteration ends. Resolves once the device is given back; never rejects. */
  stop(): Promise<void>;
}
