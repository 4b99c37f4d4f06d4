import { defineConfig } from 'tsdown';

export default defineConfig({
  entry: ['src/index.ts', 'src/grpc.ts'],
  format: 'esm',
  platform: 'node',
  target: 'node20',
  dts: true,
  outExtensions: () => ({ js: '.js', dts: '.d.ts' }),
});
