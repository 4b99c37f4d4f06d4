import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'tsdown';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const OUT = path('../../dist/server/page/served/');

/** Writes all that the page consists of, uPlot included, into one folder of the build: the server serves these files and no others. */
export async function bundlePage() {
  await build({
    config: false,
    entry: { live: path('live/main.ts'), operations: path('operations/main.ts') },
    outDir: OUT,
    tsconfig: path('tsconfig.json'),
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    minify: true,
    dts: false,
    deps: { alwaysBundle: [/./], onlyBundle: false },
    treeshake: { moduleSideEffects: false },
    outputOptions: { chunkFileNames: 'shared.js' },
    outExtensions: () => ({ js: '.js' }),
    logLevel: 'warn',
  });
  await mkdir(OUT, { recursive: true });
  const own = (await readdir(path('.'))).filter((name) => /\.(html|css|svg)$/.test(name));
  await Promise.all(own.map((name) => copyFile(path(name), OUT + name)));
  await copyFile(path('../../node_modules/uplot/dist/uPlot.min.css'), `${OUT}uplot.css`);
  // Compiled with the server, for it is text there: a page under a strict policy loads it from an address.
  const { WORKLET_SOURCE } = await import('../../dist/client-sdk/src/microphone-worklet.js');
  await writeFile(`${OUT}microphone-worklet.js`, WORKLET_SOURCE);
}
