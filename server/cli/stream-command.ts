import { Command, InvalidArgumentError, Option } from 'commander';
import { EarshotError, openStream, type Encoding, type IntentStream } from '../../client-sdk/src/index.js';
import { openStream as openGrpcStream } from '../../client-sdk/src/grpc.js';
import { protobuf } from '../../client-sdk/src/protobuf.js';
import { ENCODINGS } from '../../proto/client-messages.js';
import { Failure } from './failure.js';
import { keyOption } from './key-option.js';
import { fromRecording } from './source.js';
import { fromStandardInput } from './standard-input.js';
import { readStreamAudio, type StreamAudio } from './stream-audio.js';
import { jsonView, liveView, plainView, type StreamView } from './stream-view.js';
import { unreached } from './unreached.js';

interface StreamFlags {
  readonly url: string;
  readonly grpcUrl: string;
  readonly protocol: 'json' | 'proto' | 'grpc';
  readonly model?: string;
  readonly hopMs?: number;
  readonly topK?: number;
  readonly threshold?: number;
  readonly silenceMs?: number;
  readonly interim: boolean;
  readonly fast?: boolean;
  readonly json?: boolean;
  readonly encoding: Encoding;
  readonly sampleRate: number;
  readonly channels: number;
  readonly key?: string;
}

const number = (text: string): number => {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('it is no number');
  return value;
};

export const streamCommand = (): Command =>
  new Command('stream')
    .description(
      'play a WAV file (or - for standard input) at speaking speed to a server and show its rolling prediction',
    )
    .argument('<file>', 'a WAV file, or - for a WAV or raw audio on standard input')
    .option('--url <address>', 'WebSocket address of the server', 'ws://127.0.0.1:8080')
    .option('--grpc-url <address>', 'gRPC address of the server', '127.0.0.1:50051')
    .addOption(new Option('--protocol <name>', 'how to speak').choices(['json', 'proto', 'grpc']).default('json'))
    .option('--model <name>', "model to ask (default: the server's)")
    .option('--hop-ms <n>', 'milliseconds between frames', number)
    .option('--top-k <n>', 'scores an intent carries', number)
    .option('--threshold <p>', 'below this probability speech is out of scope', number)
    .option('--silence-ms <n>', 'silence that ends an utterance', number)
    .option('--no-interim', 'finals only')
    .option('--fast', 'as fast as the server takes it, not at speaking speed')
    .addOption(keyOption())
    .option('--json', 'one server message a line')
    .addOption(new Option('--encoding <name>', 'of raw standard input').choices([...ENCODINGS]).default('pcm_s16le'))
    .option('--sample-rate <hz>', 'of raw standard input', number, 16_000)
    .option('--channels <n>', 'of raw standard input', number, 1)
    .action(run);

/** Refuses to stream to a server that was not meant: the default address of one protocol, where that of another is given. */
const requireAddress = ({ protocol }: StreamFlags, command: Command): void => {
  const isGiven = (flag: keyof StreamFlags): boolean => command.getOptionValueSource(flag) === 'cli';
  if (protocol === 'grpc' && isGiven('url') && !isGiven('grpcUrl'))
    throw new Failure('--protocol grpc needs --grpc-url: --url is the address of WebSocket', 2);
  if (protocol !== 'grpc' && isGiven('grpcUrl') && !isGiven('url'))
    throw new Failure('--grpc-url is for --protocol grpc: give that, or --url', 2);
};

const ABOUT_RAW_AUDIO = { encoding: '--encoding', sampleRate: '--sample-rate', channels: '--channels' } as const;

/** Refuses to pass over what a file is said to hold. */
const requireStandardInput = (file: string, command: Command): void => {
  const given = Object.entries(ABOUT_RAW_AUDIO).find(([key]) => command.getOptionValueSource(key) === 'cli');
  if (file !== '-' && given !== undefined)
    throw new Failure(
      `${given[1]} is for raw audio, which is streamed from standard input: earshot stream - < ${file}`,
      2,
    );
};

const run = async (file: string, flags: StreamFlags, command: Command): Promise<void> => {
  requireAddress(flags, command);
  requireStandardInput(file, command);
  const { encoding, sampleRate, channels, fast } = flags;
  const source =
    file === '-'
      ? await fromStandardInput({ raw: { encoding, sampleRate, channels }, fast })
      : fromRecording(await readStreamAudio(file), fast);
  const stream = await open(flags, source.format);
  stream.on('state', ({ state }) => {
    if (state === 'reconnecting') process.stderr.write('the connection is lost: looking for another\n');
  });
  const stop = new AbortController();
  // Ends a wait for standard input.
  stop.signal.addEventListener('abort', () => process.stdin.destroy());
  process.once('SIGINT', () => stop.abort());
  const shown = showAll(stream, viewFor(flags));
  // When the stream fails, sending stops, and the code below reports why.
  shown.catch(() => stop.abort());
  try {
    for await (const chunk of source.chunks(stop.signal)) {
      if (stop.signal.aborted) break;
      await stream.send(chunk);
    }
    await stream.close();
  } catch (problem) {
    await shown.catch(() => undefined);
    const ended = stream.state === 'closed' ? (await stream.closed).error : null;
    throw failureOf(ended ?? problem, flags);
  }
  await shown;
};

const showAll = async (stream: IntentStream, view: StreamView): Promise<void> => {
  try {
    for await (const message of stream) view.show(message);
  } finally {
    view.end();
  }
};

const viewFor = ({ json }: StreamFlags): StreamView => {
  if (json) return jsonView(process.stdout);
  return process.stdout.isTTY ? liveView(process.stdout) : plainView(process.stdout);
};

const open = async (flags: StreamFlags, audio: StreamAudio['format']): Promise<IntentStream> => {
  const { silenceMs, protocol, url, grpcUrl, model, hopMs, topK, threshold, interim, key } = flags;
  const options = {
    audio,
    interim,
    ...(key === undefined ? {} : { token: key }),
    ...(model === undefined ? {} : { model }),
    ...(hopMs === undefined ? {} : { hopMs }),
    ...(topK === undefined ? {} : { topK }),
    ...(threshold === undefined ? {} : { threshold }),
    ...(silenceMs === undefined ? {} : { endpointing: { silenceMs } }),
  };
  try {
    return await (protocol === 'grpc'
      ? openGrpcStream({ ...options, url: grpcUrl })
      : openStream({ ...options, url, ...(protocol === 'proto' && { codec: protobuf }) }));
  } catch (problem) {
    throw failureOf(problem, flags);
  }
};

const failureOf = (problem: unknown, { protocol, url, grpcUrl }: StreamFlags): unknown => {
  if (!(problem instanceof EarshotError)) return problem;
  const address = protocol === 'grpc' ? grpcUrl : url;
  if (problem.code === 'connect_failed') return unreached(address, problem.cause ?? problem.message);
  return new Failure(`${problem.code}: ${problem.message}`);
};
