import assert from 'node:assert/strict';
import { serveProcess, type ServerProcess } from '../support/earshot-command.js';
import { eventually } from '../support/key-files.js';
import { CLOSE, START, TALKS } from '../support/raw-clients.js';
import { ECHO_MODELS } from '../support/real-server.js';
import { babble, pcm16 } from '../support/tones.js';

const SPEECH = pcm16(babble(2, 5));

describe('The log of a running server', function () {
  this.timeout(60_000);
  let server: ServerProcess;
  before(async () => (server = await serveProcess(['--models', ECHO_MODELS])));
  after(() => server.stop('SIGTERM'));

  const stream = async () => {
    const { messages } = await TALKS['ws-json'](server, [
      { ...START, client_reference_id: 'caller-4711' },
      SPEECH,
      CLOSE,
    ]);
    return String(messages[0]!.session_id);
  };
  const toggle = async (level: string) => {
    server.child.kill('SIGUSR2');
    await eventually(() => server.log().split('\n').filter(Boolean).at(-1)!.includes(`"level":"${level}"`));
  };
  const linesOf = (session: string) =>
    server
      .log()
      .split('\n')
      .filter((line) => line.includes(session));

  it('says more after SIGUSR2, and as much as before after a second one', async () => {
    assert.ok(
      !linesOf(await stream())
        .join()
        .includes('stream started'),
    );
    await toggle('debug');
    const wordy = await stream();
    assert.match(linesOf(wordy).join(), /"model":"echo".*stream started/);
    await toggle('info');
    assert.ok(
      !linesOf(await stream())
        .join()
        .includes('stream started'),
    );
  });

  it('holds no audio and nothing of what was said, even at its most verbose', async () => {
    await toggle('debug');
    const session = await stream();
    await eventually(() => linesOf(session).join().includes('session ended'));
    const told = server.log();
    for (const encoding of ['base64', 'hex'] as const)
      assert.ok(!told.includes(Buffer.from(SPEECH.subarray(3_200, 3_240)).toString(encoding)));
    assert.ok(!told.includes([...SPEECH.subarray(3_200, 3_210)].join(',')));
    assert.doesNotMatch(told, /quarter|caller-4711/);
    assert.ok(linesOf(session).join().length < 1_500, 'a stream takes a few lines');
  });
});
