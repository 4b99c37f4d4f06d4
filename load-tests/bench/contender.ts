import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defaultWorkers } from '../../server/inference/provider-choice.js';
import { ROOT } from './ingress.js';

/** A model that contenders serve. */
export interface BenchModel {
  readonly name: string;
  /** Folder of its model package; the parent folder has no other package. */
  readonly folder: string;
  /** The checkpoint from which the package was exported, if a contender serves that; otherwise null. */
  readonly checkpoint: string | null;
  /** How many streams are played at full speed, and how many at speaking speed to measure their latency. */
  readonly streams: number;
  readonly pacedStreams: number;
}

/** A server that is measured. */
export interface Contender {
  readonly name: string;
  readonly about: string;
  readonly command: (model: BenchModel) => readonly string[];
  /** Paths that it needs and that are not in every clone. */
  readonly needs: readonly string[];
}

export interface Match {
  readonly model: BenchModel;
  /** Our server is the first. */
  readonly contenders: readonly Contender[];
}

const RIVALS = join(ROOT, 'load-tests/rivals');
const PYTHON = join(RIVALS, '.venv/bin/python');
const RIVAL_MODEL = join(ROOT, 'work/rivals/models/small-wav2vec2');

export const INSTALL = 'bash load-tests/rivals/install.sh';

const compiled = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const python = (script: string, folder: string): readonly string[] => [PYTHON, join(RIVALS, script), folder];

export const EARSHOT: Contender = {
  name: 'earshot',
  about: `this server, its defaults: ${defaultWorkers('cpu')} workers`,
  command: ({ folder }) => [
    ...[process.execPath, compiled('../../server/cli/earshot.js'), 'serve', '--models', dirname(folder)],
    ...['--provider', 'cpu', '--port', '0', '--grpc-port', '0', '--log-level', 'warn'],
  ],
  needs: [],
};

export const NODE_RIVAL: Contender = {
  name: 'node',
  about: 'ws and one onnxruntime-node session on the main thread, one frame a run',
  command: ({ folder }) => [process.execPath, compiled('../rivals/node-server.js'), folder],
  needs: [],
};

export const WEBSOCKETS_RIVAL: Contender = {
  name: 'websockets',
  about: 'Python websockets (asyncio, uvloop) around onnxruntime, one frame a run, a thread a core',
  command: ({ folder }) => python('websockets_onnxruntime.py', folder),
  needs: [PYTHON],
};

export const LITSERVE_RIVAL: Contender = {
  name: 'litserve',
  about: 'LitServe, batching, a worker a core, behind a WebSocket gateway',
  command: ({ folder }) => python('litserve_gateway.py', folder),
  needs: [PYTHON],
};

export const PIPELINE_RIVAL: Contender = {
  name: 'pipeline',
  about: "Python websockets around transformers' audio-classification pipeline, a thread a core",
  command: ({ checkpoint }) => python('websockets_pipeline.py', checkpoint ?? ''),
  needs: [PYTHON],
};

/** Everything that `npm run bench` compares: the bundled model, and a checkpoint that transformers' pipeline can serve. */
export const MATCHES: readonly Match[] = [
  {
    model: {
      name: 'banking-intents',
      folder: join(ROOT, 'models/banking-intents'),
      checkpoint: null,
      streams: 32,
      pacedStreams: 16,
    },
    contenders: [EARSHOT, NODE_RIVAL, WEBSOCKETS_RIVAL, LITSERVE_RIVAL],
  },
  {
    model: {
      name: 'small-wav2vec2',
      folder: RIVAL_MODEL,
      checkpoint: join(ROOT, 'work/rivals/checkpoint'),
      streams: 16,
      pacedStreams: 16,
    },
    contenders: [EARSHOT, PIPELINE_RIVAL],
  },
];

/** The first path that is missing for a contender to serve a model, relative to the root; null if none is missing. */
export const missingFor = ({ needs }: Contender, { folder }: BenchModel): string | null => {
  const missing = [...needs, folder].find((path) => !existsSync(path));
  return missing === undefined ? null : relative(ROOT, missing);
};
