import { microphone } from '@earshot/client/microphone';
import type { AudioOptions, Chunk } from '@earshot/client';
import { groupBytes, type Recording } from './recording.js';

/** A chunk to send, and its amplitudes for drawing, one array per channel. */
export interface Piece {
  readonly chunk: Chunk;
  readonly amplitudes: readonly Float32Array[];
}

/** Where audio comes from. */
export interface Source {
  readonly audio: AudioOptions;
  /** The names of the channels. */
  readonly names: readonly string[];
  /** The audio; ends when the audio does, or after `stop()`; throws where the device is disconnected. */
  readonly pieces: AsyncIterable<Piece>;
  stop(): void;
  /** Milliseconds of audio that the device recorded but that were not read in time. */
  droppedMs(): number;
}

const PIECE_MS = 50;
/** The worklet as a file of the server, because the page's content security policy allows no blob: URL. */
const WORKLET_URL = '/microphone-worklet.js';

/** Opens the microphone once the visitor permits it; rejects with MicrophoneError, or with the signal's reason. */
export async function microphoneSource(deviceId: string, signal: AbortSignal): Promise<Source> {
  const mic = await microphone({ workletUrl: WORKLET_URL, signal, ...(deviceId !== '' && { deviceId }) });
  const pieces = async function* (): AsyncGenerator<Piece> {
    for await (const chunk of mic) yield { chunk, amplitudes: [Float32Array.from(chunk, (sample) => sample / 32_768)] };
  };
  return {
    audio: mic.audio,
    names: ['You'],
    pieces: pieces(),
    stop: () => void mic.stop(),
    droppedMs: () => mic.droppedMs,
  };
}

/** Gives a recording at speaking speed, and plays it as long as it is not muted. */
export function recordingSource(recording: Recording, names: readonly string[], isMuted: () => boolean): Source {
  const stopping = new AbortController();
  const { audio } = recording;
  return {
    audio,
    names: audio.channels === 1 ? names.slice(0, 1) : names,
    pieces: atSpeakingSpeed(recording, isMuted, stopping.signal),
    stop: () => stopping.abort(),
    droppedMs: () => 0,
  };
}

async function* atSpeakingSpeed(
  recording: Recording,
  isMuted: () => boolean,
  signal: AbortSignal,
): AsyncGenerator<Piece> {
  const { audio, bytes, amplitudes } = recording;
  const samples = Math.round((audio.sampleRate * PIECE_MS) / 1000);
  const total = amplitudes[0]?.length ?? 0;
  const startedAt = performance.now();
  const playback = play(recording);
  try {
    for (let from = 0; from < total && !signal.aborted; from += samples) {
      playback.mute(isMuted());
      const to = Math.min(from + samples, total);
      await until(startedAt + (to * 1000) / audio.sampleRate);
      yield {
        chunk: bytes.subarray(from * groupBytes(audio), to * groupBytes(audio)),
        amplitudes: amplitudes.map((channel) => channel.subarray(from, to)),
      };
    }
  } finally {
    playback.stop();
  }
}

const until = (moment: number): Promise<void> => {
  const wait = moment - performance.now();
  return wait < 1 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, wait));
};

interface Playback {
  mute(isMuted: boolean): void;
  stop(): void;
}

/** Plays the amplitudes, so that every format that can be streamed can be heard. */
function play({ audio, amplitudes }: Recording): Playback {
  const context = new AudioContext();
  const buffer = context.createBuffer(amplitudes.length, Math.max(1, amplitudes[0]?.length ?? 0), audio.sampleRate);
  for (const [channel, track] of amplitudes.entries()) buffer.copyToChannel(Float32Array.from(track), channel);
  const node = new AudioBufferSourceNode(context, { buffer });
  const loudness = new GainNode(context);
  node.connect(loudness).connect(context.destination);
  node.start();
  return {
    mute: (isMuted) => (loudness.gain.value = isMuted ? 0 : 1),
    stop: () => void context.close(),
  };
}
