import { WORKLET_SOURCE } from '../microphone-worklet.js';
import { MicrophoneError } from './microphone-error.js';

const RATE = 16_000;

/** A captured microphone as a source node, and the context that it belongs to. */
export interface Wiring {
  readonly context: AudioContext;
  readonly source: MediaStreamAudioSourceNode;
}

/** Connects a microphone to a context: at 16 kHz if the browser can resample the device, otherwise at the device's own rate. */
export async function wire(media: MediaStream): Promise<Wiring> {
  const direct = new AudioContext({ sampleRate: RATE });
  try {
    return { context: direct, source: direct.createMediaStreamSource(media) };
  } catch {
    // Firefox connects a device only to a context that has the same rate.
    await direct.close();
    const context = new AudioContext();
    try {
      return { context, source: context.createMediaStreamSource(media) };
    } catch (cause) {
      await context.close();
      throw cause;
    }
  }
}

/**
 * Loads the worklet and connects the microphone to it: the node's port then receives amplitudes, 50 ms at a time. Rejects with
 * MicrophoneError `worklet_refused` when the worklet cannot be loaded.
 */
export async function listeningNode({ context, source }: Wiring, workletUrl?: string | URL): Promise<AudioWorkletNode> {
  const blobUrl = workletUrl === undefined ? URL.createObjectURL(new Blob([WORKLET_SOURCE], { type: SCRIPT })) : null;
  try {
    await context.audioWorklet.addModule(blobUrl ?? workletUrl!);
  } catch (cause) {
    const where =
      blobUrl === null
        ? `workletUrl ${String(workletUrl)}`
        : 'a blob; serve WORKLET_SOURCE and give its address as workletUrl';
    throw new MicrophoneError('worklet_refused', `the audio worklet could not be loaded from ${where}`, cause);
  } finally {
    if (blobUrl !== null) URL.revokeObjectURL(blobUrl);
  }
  const node = new AudioWorkletNode(context, 'earshot-gatherer', { numberOfOutputs: 0 });
  source.connect(node);
  return node;
}

const SCRIPT = 'text/javascript';
