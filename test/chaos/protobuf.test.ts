import assert from 'node:assert/strict';
import { ClientMessage, ServerMessage } from '../support/raw-clients.js';
import { clientFrame, closeCodeOf, serverFrames, upgradedSocket } from '../support/raw-socket.js';
import { ECHO_MODELS, serveReal, type RealServer } from '../support/real-server.js';
import { seeded } from '../support/tones.js';
import { allGone, assertNoGrowth, casesOf, pick, runCases, seedNote, withNeighbour } from './chaos.js';
import { mutated } from './mutations.js';

const CASES = casesOf(300, 100_000);

const encoded = (message: object): Uint8Array => ClientMessage.encode(ClientMessage.fromObject(message)).finish();

const START = encoded({ start: { audio: { encoding: 'pcm_s16le', sample_rate: 16_000, channels: 2 } } });
const MESSAGES = [
  START,
  encoded({
    start: {
      audio: { encoding: 'mulaw', sample_rate: 8_000 },
      model: 'echo',
      hop_ms: 500,
      top_k: 3,
      threshold: 0.5,
      endpointing: { silence_ms: 700 },
      client_reference_id: 'κλήση',
      resume: { session_id: 'x', resume_token: 'y', last_event_seq: 1 },
    },
  }),
  encoded({ audio: new Uint8Array(64).fill(7) }),
  encoded({ configure: { interim: false, top_k: 7, endpointing: { max_utterance_ms: 2_000 } } }),
  encoded({ finalize: {} }),
  encoded({ keepalive: {} }),
];
const CLOSE = encoded({ close: {} });

/** The close codes with which a message with faults may be answered: never that of `internal`. */
const ANSWERS = new Set([1000, 4400, 4404]);

const isDecodable = (bytes: Uint8Array): boolean => {
  try {
    return (ClientMessage.decode(bytes) as unknown as { message?: string }).message !== undefined;
  } catch {
    return false;
  }
};

/** One stream that sends one message with faults. */
const missay = async (server: RealServer, seed: number): Promise<void> => {
  const random = seeded(seed);
  const raw = await upgradedSocket(server.http, '/v1/stream', 'earshot.v1.proto');
  const wrong = mutated(random, pick(random, MESSAGES));
  const said = random() < 0.5 ? [START, wrong, CLOSE] : [wrong, CLOSE];
  for (const bytes of said) raw.socket.write(clientFrame(bytes, { opcode: 2 }));
  await raw.until((received) => closeCodeOf(serverFrames(received)) !== null);
  const frames = serverFrames(raw.received());
  const closeCode = closeCodeOf(frames);
  raw.close();
  const shown = wrong.toString('hex');
  assert.ok(closeCode !== null && ANSWERS.has(closeCode), `${shown} was answered with ${closeCode}`);
  assert.ok(isDecodable(wrong) || closeCode === 4400, `${shown} was taken for a message`);
  const last = ServerMessage.toObject(ServerMessage.decode(frames.at(-2)!.payload), { oneofs: true });
  assert.equal(last.message, closeCode === 1000 ? 'closed' : 'error');
};

describe('A protobuf message with faults', function () {
  this.timeout(0);
  let server: RealServer;
  before(async () => {
    server = await serveReal({ models: ECHO_MODELS, resumeWindowMs: 300 });
  });
  after(() => server.running.drain());

  it(`is decoded or refused, disturbs nobody and leaves nothing behind ${seedNote(CASES)}`, async () => {
    const missayAll = async (cases: number) => {
      await withNeighbour(server, () => runCases(cases, 16, (seed) => missay(server, seed)));
      await allGone(server);
    };
    await assertNoGrowth(
      8 * 2 ** 20,
      () => missayAll(64),
      () => missayAll(CASES),
    );
  });
});
