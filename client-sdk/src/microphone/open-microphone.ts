import { createResampler } from '../../../server/audio/resampler.js';
import { hertz } from '../../../server/domain/units.js';
import { Deferred } from '../deferred.js';
import { given } from '../given.js';
import { ChunkQueue } from './chunk-queue.js';
import { listeningNode, wire, type Wiring } from './listening-node.js';
import type { Microphone, MicrophoneOptions } from './microphone.js';
import { MicrophoneError, microphoneErrorOf } from './microphone-error.js';
import { loudness, toInt16 } from './samples.js';

const AUDIO = { encoding: 'pcm_s16le', sampleRate: 16_000, channels: 1 } as const;

/** Asks the user for permission and starts to listen. Rejects with MicrophoneError, or with the signal's reason when it fires. */
export async function microphone(options: MicrophoneOptions = {}): Promise<Microphone> {
  const { signal, workletUrl } = options;
  signal?.throwIfAborted();
  const media = await unlessAborted(permitted(options), signal);
  let wiring: Wiring | null = null;
  try {
    signal?.throwIfAborted();
    wiring = await wire(media);
    const node = await listeningNode(wiring, workletUrl ?? undefined);
    signal?.throwIfAborted();
    // Nobody listened yet when it ended: `ended` will not be reported again.
    if (media.getAudioTracks()[0]?.readyState === 'ended') throw lost();
    return new OpenMicrophone(media, wiring.context, node, signal);
  } catch (error) {
    release(media, wiring?.context);
    signal?.throwIfAborted();
    throw error instanceof MicrophoneError ? error : microphoneErrorOf(error);
  }
}

const lost = (): MicrophoneError =>
  new MicrophoneError('lost', 'the microphone was unplugged, or its permission withdrawn');

/**
 * The microphones of this machine. Browsers withhold their names until the page has once been allowed to listen. Rejects with
 * MicrophoneError `insecure_page` on a page that is neither on https: nor on localhost.
 */
export async function microphones(): Promise<MediaDeviceInfo[]> {
  const devices = await mediaDevices().enumerateDevices();
  return devices.filter(({ kind }) => kind === 'audioinput');
}

function mediaDevices(): MediaDevices {
  const devices = (navigator as Partial<Navigator>).mediaDevices;
  if (devices !== undefined) return devices;
  throw new MicrophoneError('insecure_page', 'this page gets no microphone: open it over https: or on localhost');
}

async function permitted(options: MicrophoneOptions): Promise<MediaStream> {
  const { deviceId: asked, echoCancellation, noiseSuppression, autoGainControl } = options;
  const { deviceId, ...filters } = given({ deviceId: asked, echoCancellation, noiseSuppression, autoGainControl });
  const unfiltered = { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  const audio = { ...unfiltered, ...filters };
  const devices = mediaDevices();
  try {
    return await devices.getUserMedia({
      audio: deviceId === undefined ? audio : { ...audio, deviceId: { exact: deviceId } },
    });
  } catch (cause) {
    throw microphoneErrorOf(cause);
  }
}

/** Waits for the user's permission; rejects at once when the signal fires, and releases a microphone that is permitted later. */
async function unlessAborted(asked: Promise<MediaStream>, signal?: AbortSignal): Promise<MediaStream> {
  const aborted = new Deferred<never>();
  const abort = () => aborted.reject(signal?.reason as Error);
  signal?.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([asked, aborted.promise]);
  } catch (error) {
    asked.then(release, () => undefined);
    throw error;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

function release(media: MediaStream, context?: AudioContext): void {
  for (const track of media.getTracks()) track.stop();
  if (context?.state !== 'closed') void context?.close();
}

class OpenMicrophone implements Microphone {
  readonly audio = AUDIO;
  readonly label: string;
  readonly deviceId: string;
  level = 0;
  readonly #chunks = new ChunkQueue(AUDIO.sampleRate);
  readonly #media: MediaStream;
  readonly #context: AudioContext;
  readonly #node: AudioWorkletNode;
  readonly #flushed = new Deferred<undefined>();
  readonly #resampler;
  #isStopping = false;
  #hasEnded = false;

  constructor(media: MediaStream, context: AudioContext, node: AudioWorkletNode, signal?: AbortSignal) {
    const [track] = media.getAudioTracks();
    this.label = track?.label ?? '';
    this.deviceId = track?.getSettings().deviceId ?? '';
    this.#media = media;
    this.#context = context;
    this.#node = node;
    this.#resampler = createResampler(hertz(context.sampleRate));
    node.port.onmessage = ({ data }: MessageEvent<Float32Array | null>) => this.#heard(data);
    node.onprocessorerror = () => this.#fail(new MicrophoneError('failed', 'the audio thread failed'));
    track?.addEventListener('ended', () => this.#fail(lost()));
    context.onstatechange = () => this.#wake();
    const stop = () => void this.stop();
    signal?.addEventListener('abort', stop, { once: true });
    void this.#flushed.promise.then(() => signal?.removeEventListener('abort', stop));
  }

  get droppedMs(): number {
    return this.#chunks.droppedMs;
  }

  async stop(): Promise<void> {
    if (!this.#isStopping) {
      this.#isStopping = true;
      // The worklet of a suspended context (or of a page that is being left) would not answer.
      if (this.#context.state === 'running') this.#node.port.postMessage('flush');
      else this.#heard(null);
    }
    await this.#flushed.promise;
  }

  [Symbol.asyncIterator](): AsyncIterator<Int16Array, undefined> {
    return {
      next: () => this.#chunks.next(),
      return: async () => {
        await this.stop();
        return { value: undefined, done: true };
      },
    };
  }

  /** Phones suspend audio during a call or when the screen is locked, and do not always resume it by themselves. */
  #wake(): void {
    const { state } = this.#context;
    if (state === 'running' || state === 'closed') return;
    // The worklet may never answer `stop()` now.
    if (this.#isStopping) return this.#heard(null);
    // Rejects while the call lasts; when it ends, the state changes again and this method runs again.
    this.#context.resume().catch(() => undefined);
  }

  #heard(amplitudes: Float32Array | null): void {
    // The worklet may go on for a moment after the end.
    if (this.#hasEnded) return;
    if (amplitudes === null) {
      this.#chunks.push(toInt16(this.#resampler.flush()));
      this.#end(null);
      return;
    }
    this.level = loudness(amplitudes);
    this.#chunks.push(toInt16(this.#resampler.push(amplitudes)));
  }

  #fail(error: MicrophoneError): void {
    this.#isStopping = true;
    if (!this.#hasEnded) this.#end(error);
  }

  #end(error: MicrophoneError | null): void {
    this.#hasEnded = true;
    this.level = 0;
    this.#chunks.end(error);
    release(this.#media, this.#context);
    this.#flushed.resolve(undefined);
  }
}
