import { defineConfig } from 'tsdown';

const extensions = ({ format }) => (format === 'cjs' ? { js: '.cjs', dts: '.d.cts' } : { js: '.js', dts: '.d.ts' });

export default defineConfig([
  {
    entry: ['src/index.ts', 'src/grpc.ts', 'src/protobuf.ts', 'src/node.ts'],
    format: ['esm', 'cjs'],
    platform: 'node',
    target: 'node20',
    dts: true,
    outExtensions: extensions,
  },
  {
    entry: ['src/browser.ts'],
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    outDir: 'dist/browser',
    dts: true,
    outExtensions: extensions,
  },
  {
    entry: { microphone: 'src/microphone/index.ts' },
    tsconfig: 'src/microphone/tsconfig.json',
    format: ['esm', 'cjs'],
    platform: 'browser',
    target: 'es2022',
    outDir: 'dist/microphone',
    dts: true,
    outExtensions: extensions,
  },
]);
