import type { AudioOptions } from '../../../client-sdk/src/stream-options.js';

/** What the page shows, and all that a program needs to do the same. */
export interface OnScreen {
  /** `ws://host:port` of this server. */
  readonly server: string;
  readonly model: string;
  readonly way: 'microphone' | 'recording';
  readonly file: string;
  /** Whether the file is a WAV, which the command line streams as it is. */
  readonly isWav: boolean;
  readonly audio: AudioOptions;
}

/** The same program in four forms, by the names of the panel's tabs. */
export const SNIPPETS: Readonly<Record<string, (screen: OnScreen) => string>> = {
  Browser: ({ server, model }) => `// npm install @earshot/client
import { openStream } from '@earshot/client';
import { microphone } from '@earshot/client/microphone';

const mic = await microphone();
const stream = await openStream({
  url: '${server}',
  model: '${model}',
  audio: mic.audio,
});
stream.on('intent', ({ status, intent, score }) => {
  console.log(status, intent ?? 'out of scope', score);
});
for await (const chunk of mic) await stream.send(chunk); // until mic.stop()
await stream.close();`,

  Node: (screen) => `// npm install @earshot/client
// ${rawSource(screen)} | node intents.mjs
import { openStream } from '@earshot/client';

const stream = await openStream({
  url: '${screen.server}',
  model: '${screen.model}',
  audio: ${audioOf(screen)},
});
stream.on('intent', ({ status, intent, score }) => {
  console.log(status, intent ?? 'out of scope', score);
});
for await (const chunk of process.stdin) await stream.send(chunk);
await stream.close();`,

  'Command line': ({ server, model, way, file, isWav }) =>
    way === 'recording'
      ? `${isWav ? `npx earshot stream ${quoted(file)}` : `sox ${quoted(file)} -t wav - | npx earshot stream -`} \\
  --model ${model} --url ${server}`
      : `arecord -q -f S16_LE -r 16000 -c 1 -t raw | \\\n  npx earshot stream - --encoding pcm_s16le --sample-rate 16000 \\
    --model ${model} --url ${server}`,

  'Any language': ({
    server,
    model,
    audio,
  }) => `# Open a WebSocket and send audio as binary messages; answers are JSON text.
${server}/v1/stream?${query(model, audio)}

# Or a whole recording at once:
curl --data-binary @call.wav '${server.replace(/^ws/, 'http')}/v1/classify?model=${model}'`,
};

const audioOf = ({ audio: { encoding, sampleRate, channels = 1 } }: OnScreen): string =>
  `{ encoding: '${encoding}', sampleRate: ${sampleRate}${channels === 1 ? '' : `, channels: ${channels}`} }`;

const SOX: Readonly<Record<AudioOptions['encoding'], string>> = {
  pcm_s16le: '-e signed -b 16',
  pcm_f32le: '-e floating-point -b 32',
  mulaw: '-e mu-law',
  alaw: '-e a-law',
};

const rawSource = ({ way, file, audio: { encoding, sampleRate, channels = 1 } }: OnScreen): string =>
  way === 'recording'
    ? `sox ${quoted(file)} -t raw ${SOX[encoding]} -r ${sampleRate} -c ${channels} -`
    : 'arecord -f S16_LE -r 16000 -c 1 -t raw';

/** A file's name as a shell takes it. */
const quoted = (file: string): string => {
  const path = file.startsWith('-') ? `./${file}` : file;
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
};

const query = (model: string, { encoding, sampleRate, channels = 1 }: AudioOptions): string =>
  new URLSearchParams({ encoding, sample_rate: String(sampleRate), channels: String(channels), model }).toString();
