import { readWav as readPipedWav } from '../../client-sdk/src/node.js';
import { otherFileIn } from '../audio/other-file.js';
import { bytesPerSecond } from '../audio/sample-format.js';
import { isWavOpening, readWav, type WavAudio } from '../audio/wav.js';
import { cutOff } from './cut-off.js';
import { Failure } from './failure.js';
import { fromRecording, type Source } from './source.js';
import { atSpeakingSpeed, untilAborted } from './speaking-speed.js';
import { wavToStream, type StreamAudio } from './stream-audio.js';

const NAME = 'standard input';

/** How standard input is played: raw audio has this format. */
export interface Playing {
  readonly raw: StreamAudio['format'];
  readonly fast?: boolean | undefined;
}

/**
 * Raw audio is sent as it comes: a live pipe has its own speed. A WAV is sent as it comes, too, but not faster than it was spoken
 * unless `fast`. Rejects with Failure where it is neither.
 */
export const fromStandardInput = async ({ raw, fast }: Playing): Promise<Source> => {
  const input = process.stdin[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  const first = await input.next();
  if (first.done || first.value.length === 0) throw new Failure(`${NAME} has ended at once: there is no audio`);
  const head = first.value;
  if (isWavOpening(head)) return fromPipedWav(head, input, fast);
  // The first bytes show that a file is not a WAV: there is no need to wait for the rest.
  if (otherFileIn(head) !== null) return fromRecording(wavToStream(head, NAME), fast);
  return { format: raw, chunks: (signal) => untilAborted(startingWith(head, input), signal) };
};

/** A WAV whose encoding streams do not carry is read whole, and converted. */
const fromPipedWav = async (head: Uint8Array, input: AsyncIterator<Uint8Array>, fast = false): Promise<Source> => {
  const seen: Uint8Array[] = [];
  let isHeader = true;
  const noted = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of startingWith(head, input)) {
      if (isHeader) seen.push(chunk);
      yield chunk;
    }
  };
  const piped = await readPipedWav(noted()).catch(() => null);
  if (piped === null)
    return fromRecording(wavToStream(Buffer.concat([...seen, ...(await everything(input))]), NAME), fast);
  isHeader = false;
  const opening = readWav(Buffer.concat(seen.splice(0)));
  if (opening.kind === 'problem') throw new Failure(`${NAME}: ${opening.message}`);
  const { audio: format, chunks } = piped;
  return {
    format,
    chunks: (signal) => {
      const heard = heardOf(chunks, opening, signal);
      return fast ? untilAborted(heard, signal) : atSpeakingSpeed(heard, bytesPerSecond(format), signal);
    },
  };
};

/** Passes on the chunks of a WAV that begins like `opening`; then tells what is missing, and lets go of standard input. */
async function* heardOf(
  chunks: AsyncIterable<Uint8Array>,
  { format, audio, missingBytes }: WavAudio,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    yield chunk;
  }
  process.stdin.destroy();
  const told = signal.aborted
    ? null
    : cutOff(NAME, format, { bytes, missingBytes: missingBytes - (bytes - audio.length) });
  if (told !== null) process.stderr.write(`${told}\n`);
}

const everything = async (input: AsyncIterator<Uint8Array>): Promise<Uint8Array[]> => {
  const pieces: Uint8Array[] = [];
  for (let next = await input.next(); !next.done; next = await input.next()) pieces.push(next.value);
  return pieces;
};

/** Yields `head`, then what `input` gives; leaves `input` open. */
async function* startingWith(head: Uint8Array, input: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield head;
  for (let next = await input.next(); !next.done; next = await input.next()) yield next.value;
}
