import assert from 'node:assert/strict';
import { SingleUseTokens } from '../../server/access/single-use-tokens.js';
import { ALL_RIGHTS } from '../../server/domain/identity.js';

const CALLER = { name: 'key:tests', rights: ALL_RIGHTS };

describe('A single-use token', () => {
  const arrange = () => {
    let now = 0;
    return { tokens: new SingleUseTokens(() => now), pass: (ms: number) => (now += ms) };
  };

  it('identifies its caller once', () => {
    const { tokens } = arrange();
    const token = tokens.issue(CALLER)!;
    assert.deepEqual([tokens.spend(token), tokens.spend(token)], [CALLER, null]);
  });

  it('expires after a minute', () => {
    const { tokens, pass } = arrange();
    const [first, second] = [tokens.issue(CALLER)!, tokens.issue(CALLER)!];
    pass(59_999);
    assert.equal(tokens.spend(first), CALLER);
    pass(1);
    assert.equal(tokens.spend(second), null);
  });

  it('is not issued to a caller with a thousand unspent ones, but still to other callers', () => {
    const { tokens, pass } = arrange();
    const issued = Array.from({ length: 1_001 }, () => tokens.issue(CALLER));
    assert.equal(issued.filter((token) => token === null).length, 1);
    assert.equal(new Set(issued).size, 1_001);
    assert.notEqual(tokens.issue({ ...CALLER, name: 'key:others' }), null);
    tokens.spend(issued[0]!);
    assert.notEqual(tokens.issue(CALLER), null);
    pass(60_000);
    assert.notEqual(tokens.issue(CALLER), null);
  });
});
