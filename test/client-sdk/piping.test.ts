import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { atSpeakingSpeed, pipe, readWav } from '../../client-sdk/src/node.js';
import { CLOSED, receipt, REFUSED } from './messages.js';
import { SAMPLES } from '../support/real-server.js';
import { newScene, open, type Scene } from './scene.js';

const opened = (): Scene => {
  const scene = newScene();
  open(scene);
  return scene;
};

/** A source that gives one chunk and then nothing, like a telephone line that is silent. */
const silent = (): Readable => {
  const source = new Readable({ read: () => undefined });
  source.push(new Uint8Array(320));
  return source;
};

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('pipe, while its source gives nothing,', () => {
  it('ends with the error of the stream, and destroys the source', async () => {
    const { stream, network } = opened();
    const source = silent();
    const piping = pipe(source, stream);
    await turn();
    network.last.say({ ...REFUSED, seq: 2 });
    await assert.rejects(piping, { code: 'model_not_found' });
    assert.equal(source.destroyed, true);
  });

  /** A WAV whose producer stops in the middle, as one that hangs does. */
  const stalled = async (): Promise<{ source: Readable; chunks: AsyncGenerator<Uint8Array> }> => {
    const source = new Readable({ read: () => undefined });
    source.push(readFileSync(join(SAMPLES, 'balance-16k.wav')).subarray(0, 44 + 640));
    return { source, chunks: (await readWav(source)).chunks };
  };
  const WAYS = {
    'as it comes': (chunks: AsyncGenerator<Uint8Array>) => chunks,
    'at speaking speed': (chunks: AsyncGenerator<Uint8Array>) => atSpeakingSpeed(chunks, 32_000),
  };
  const ENDS = {
    closed: ({ stream, network }: Scene) => {
      void stream.close();
      network.last.say(receipt(2), CLOSED);
    },
    aborted: ({ stream }: Scene) => stream.abort(),
    'ended by an error': ({ network }: Scene) => network.last.say({ ...REFUSED, seq: 2 }),
  };
  for (const [way, sent] of Object.entries(WAYS))
    for (const [how, end] of Object.entries(ENDS))
      it(`lets go of what a WAV comes from, sent ${way}, when the stream is ${how}`, async () => {
        const scene = opened();
        const { source, chunks } = await stalled();
        const piping = pipe(sent(chunks), scene.stream);
        while (!scene.network.last.sentTypes.includes('audio')) await turn();
        await turn();
        end(scene);
        await assert.rejects(piping);
        assert.equal(source.destroyed, true);
        assert.equal((await chunks.next()).done, true);
      });

  it('lets go of what a WAV comes from when the chunks are returned, and tells the loop that reads them that there is no more', async () => {
    const { source, chunks } = await stalled();
    let count = 0;
    const reading = (async () => {
      for await (const chunk of chunks) count += chunk.length;
    })();
    await turn();
    await chunks.return(undefined);
    await reading;
    assert.deepEqual([source.destroyed, count], [true, 640]);
  });

  it('ends when somebody else has closed the stream', async () => {
    const { stream, network } = opened();
    const piping = pipe(silent(), stream);
    await turn();
    void stream.close();
    network.last.say(receipt(2), CLOSED);
    await assert.rejects(piping, { code: 'invalid_state' });
  });

  it('ends with its signal, and leaves the stream open', async () => {
    const { stream } = opened();
    const leaving = new AbortController();
    async function* never() {
      yield new Uint8Array(320);
      await new Promise(() => undefined);
    }
    const piping = pipe(never(), stream, { signal: leaving.signal });
    await turn();
    leaving.abort(new Error('enough'));
    await assert.rejects(piping, { code: 'aborted', cause: leaving.signal.reason as Error });
    assert.equal(stream.state, 'open');
  });

  it('takes what an array gives, and an error of the source', async () => {
    const { stream, network } = opened();
    await pipe([new Uint8Array(2), new Uint8Array(4)], stream);
    assert.deepEqual(network.last.sentTypes, ['start', 'audio', 'audio']);
    const source = silent();
    const piping = pipe(source, stream);
    source.destroy(new Error('the line was cut'));
    await assert.rejects(piping, { message: 'the line was cut' });
  });
});
