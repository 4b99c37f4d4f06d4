import { readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readWav } from '../server/audio/wav.js';
import { table } from '../server/cli/table.js';
import { measureBareSession } from './bare-session.js';
import { measureServer, startServerProcess, type Ingress } from './server-under-load.js';

/**
 * What the server adds to its model: the bare ONNX session at its best batch and the same graph behind the server,
 * measured one after the other in one run. `npm run bench [folder of a model package]`.
 */
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FOLDER = process.argv[2] ?? join(ROOT, 'models/banking-intents');
const STREAMS = 64;
/** Audio of one stream, in seconds. */
const SECONDS = 60;

interface Sampled {
  readonly ingress: Ingress;
  readonly file: string;
}

const INGRESSES: readonly Sampled[] = [
  {
    ingress: { name: '100 ms of pcm_s16le, 16 kHz', encoding: 'pcm_s16le', sampleRate: 16_000, chunkMs: 100 },
    file: 'balance-16k.wav',
  },
  {
    ingress: { name: '20 ms of mulaw, 8 kHz', encoding: 'mulaw', sampleRate: 8_000, chunkMs: 20 },
    file: 'freeze-card-8k-mulaw.wav',
  },
];

/** A sample call, again and again for a minute. */
const audioOf = ({ file, ingress }: Sampled): Uint8Array => {
  const wav = readWav(readFileSync(join(ROOT, 'samples', file)));
  if (wav.kind === 'problem') throw new Error(wav.message);
  const length = ingress.sampleRate * SECONDS * (ingress.encoding === 'mulaw' ? 1 : 2);
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at += wav.audio.length) bytes.set(wav.audio.subarray(0, length - at), at);
  return bytes;
};

const say = (text: string): void => void process.stdout.write(`${text}\n`);

say(
  `${cpus()[0]?.model.trim() ?? 'processor'}, ${availableParallelism()} cores; Node ${process.version}; ${new Date().toISOString().slice(0, 10)}`,
);
say(
  `model ${basename(FOLDER)}; bare: one single-threaded session a core; server: ${STREAMS} streams at full speed, generator on the same machine\n`,
);

const bare = await measureBareSession(FOLDER);
const best = bare.reduce((fastest, rate) => (rate.framesPerSecond > fastest.framesPerSecond ? rate : fastest));
const rows = bare.map((rate) => [
  `bare session, batch ${rate.batch}${rate === best ? ' (best)' : ''}`,
  rate.framesPerSecond.toFixed(0),
  rate.cpuMsPerFrame.toFixed(3),
  '',
  '',
]);
const { url, child } = await startServerProcess(join(FOLDER, '..'));
for (const sampled of INGRESSES) {
  const served = await measureServer(url, audioOf(sampled), sampled.ingress, STREAMS);
  const ratio = served.cpuMsPerFrame / best.cpuMsPerFrame;
  rows.push([
    `server, ${sampled.ingress.name}`,
    served.framesPerSecond.toFixed(0),
    served.cpuMsPerFrame.toFixed(3),
    ratio.toFixed(2),
    `mean batch ${served.meanBatch.toFixed(1)}, gaps ${served.gapMs} ms`,
  ]);
}
child.kill('SIGTERM');
say(table([['', 'frames/s', 'CPU ms/frame', '÷ bare', ''], ...rows]));
