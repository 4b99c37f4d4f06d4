import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { closeSync, ftruncateSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { earshot } from '../support/earshot-command.js';
import { Drawer } from '../support/key-files.js';
import { SAMPLES } from '../support/real-server.js';

const FREEZE = join(SAMPLES, 'freeze-card-8k-mulaw.wav');
const ANSWER = { model: 'm', audio_ms: 1_000, intent: 'freeze', out_of_scope: false, score: 0.9, scores: [] };

/** Answers that many recordings, then breaks connections like a server that is being ended. */
const mortalServer = async (answers: number) => {
  let left = answers;
  const asked = { count: 0 };
  const server = createServer((request, response) => {
    asked.count += 1;
    if (left === 0) return void request.socket.destroy();
    left -= 1;
    request.resume().on('end', () => response.end(JSON.stringify({ ...ANSWER, utterances: [] })));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
};

describe('earshot classify', () => {
  const FILES = Array.from({ length: 9 }, () => FREEZE);

  it('prints the answers that it has when the server goes away, as lines and as a table', async () => {
    for (const [flags, answered, unanswered] of [
      [['--json'], /"intent":"freeze"/g, /"error":"no Earshot server answers/g],
      [[], / freeze +0\.90/g, /no Earshot server answers/g],
    ] as const) {
      const { server, url } = await mortalServer(5);
      const { code, out, err } = await earshot(['classify', ...FILES, '--url', url, ...flags]);
      const counts = [answered, unanswered].map((each) => out.match(each)?.length);
      assert.deepEqual([code, counts], [1, [5, 4]], out + err);
      assert.match(err, /4 of 9 files could not be classified/);
      server.close();
    }
  });

  it('does not try every file when no server answers', async () => {
    const { server, asked, url } = await mortalServer(0);
    const { code, out, err } = await earshot(['classify', ...FILES, ...FILES, ...FILES, '--json', '--url', url]);
    assert.deepEqual([code, out.match(/"error":"no Earshot server answers/g)?.length], [1, 27]);
    assert.match(err, /^earshot: no Earshot server answers/);
    assert.ok(asked.count >= 4 && asked.count < 8, `${asked.count} requests`);
    server.close();
  });

  it('fails where the JSON of another server answers', async () => {
    const answers = ['{"detail":"Not Found"}', '{}', 'null', '{"error":"failed"}'];
    let asked = 0;
    const server = createServer((request, response) =>
      request.resume().on('end', () => response.end(answers[asked++ % answers.length])),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const told = `${url} answers HTTP 200 and neither a verdict nor an error of Earshot: that is no Earshot server`;
    for (const [flags, lines] of [
      [[], 0],
      [['--json'], 4],
    ] as const) {
      const { code, out, err } = await earshot(['classify', ...FILES.slice(0, 4), '--url', url, ...flags]);
      assert.deepEqual([code, err, out.split(`"error":"${told}"`).length - 1], [1, `earshot: ${told}\n`, lines]);
    }
    server.close();
  });

  it('keeps the columns of its table narrow beside a file that could not be read', async () => {
    const { server, url } = await mortalServer(1);
    const nothing = join(SAMPLES, 'n.wav');
    const { out } = await earshot(['classify', FREEZE, nothing, '--url', url]);
    const [heading, answer, problem] = out.split('\n').map((line) => line.slice(FREEZE.length));
    assert.equal(heading, '  intent  score  seconds  utterances');
    assert.equal(answer, '  freeze  0.90   1.0      0');
    assert.match(problem!, /^ {2}ENOENT: no such file/);
    server.close();
  });

  it('refuses a recording that is larger than allowed without reading or sending it', async () => {
    const drawer = new Drawer();
    const file = drawer.put('long.wav', {});
    const descriptor = openSync(file, 'w');
    // More than Node reads at once.
    ftruncateSync(descriptor, 5_000_000_000);
    closeSync(descriptor);
    const { server, url } = await mortalServer(1);
    const { code, out } = await earshot(['classify', file, FREEZE, '--json', '--url', url]);
    assert.equal(code, 1);
    assert.match(out, /message_too_large: it has 5000000000 bytes, of 33554432 at most.*\n.*"intent":"freeze"/);
    server.close();
    drawer.clear();
  });
});
