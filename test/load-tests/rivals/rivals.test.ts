import assert from 'node:assert/strict';
import { EARSHOT, INSTALL, MATCHES, missingFor, type Match } from '../../../load-tests/bench/contender.js';
import { MULAW_20, PCM_100 } from '../../../load-tests/bench/ingress.js';
import { answersOf, differenceOf, type Answers } from '../../../load-tests/bench/same-answers.js';
import { startServerProcess, type ServerProcess } from '../../../load-tests/bench/server-process.js';
import { isLinux, needs } from '../../support/needs.js';

const INGRESSES = [PCM_100, MULAW_20];

const answersTo = async ({ url }: ServerProcess, { model }: Match): Promise<Answers[]> => {
  const answers: Answers[] = [];
  for (const ingress of INGRESSES) answers.push(await answersOf(url, model.name, ingress));
  return answers;
};

for (const match of MATCHES) {
  const { model, contenders } = match;
  describe(`The rivals on ${model.name}`, function () {
    this.timeout(180_000);
    let ours: readonly Answers[];

    before(async function () {
      needs(this, isLinux, 'Linux');
      const missing = missingFor(EARSHOT, model);
      needs(this, missing === null, `${missing}: ${INSTALL} makes it`);
      const server = await startServerProcess(EARSHOT.command(model));
      ours = await answersTo(server, match).finally(() => server.stop());
    });

    it('are compared on two calls that differ, with an answer to every frame', () => {
      for (const { frames, intents } of ours) {
        assert.equal(frames, 7);
        assert.equal(intents.length, 7);
      }
      assert.notEqual(differenceOf(ours[0]!, ours[1]!), null);
    });

    for (const rival of contenders.filter((each) => each !== EARSHOT))
      it(`${rival.name} gives the same answers as our server, from PCM and from µ-law`, async function () {
        const missing = missingFor(rival, model);
        needs(this, missing === null, `${missing}: ${INSTALL} makes it`);
        const server = await startServerProcess(rival.command(model));
        const theirs = await answersTo(server, match).finally(() => server.stop());
        assert.deepEqual(
          theirs.map((each, index) => differenceOf(ours[index]!, each)),
          [null, null],
        );
      });
  });
}
