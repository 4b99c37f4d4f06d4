import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { pipe } from '../../client-sdk/src/node.js';
import { CLOSED, receipt, REFUSED } from './messages.js';
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
