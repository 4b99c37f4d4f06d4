import type { Settings } from '../../load-tests/settings.js';
import { SAMPLES } from '../support/real-server.js';

/** What the command line gives where a test sets nothing else. */
export const SETTINGS: Settings = {
  scenario: 'steady',
  streams: 20,
  speakers: 4,
  hop: null,
  ramp: 1,
  duration: 5,
  p99: 60_000,
  maxLag: 10_000,
  url: null,
  grpcUrl: '127.0.0.1:50051',
  transport: 'ws',
  encoding: 'mulaw',
  chunkMs: 20,
  topK: 5,
  model: null,
  models: null,
  audio: SAMPLES,
  seed: 1,
  threads: 1,
  json: null,
  report: null,
  serverFlags: [],
};
