import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Subject } from 'rxjs';
import { settleInOrder, type OrderedWork } from '../../server/pipeline/settle-in-order.js';
import { deferred, settled } from '../support/outcomes.js';

interface Item {
  readonly id: number;
  readonly lane: number | null;
}

const arrange = (
  conclude: OrderedWork<Item, string, string>['conclude'] = (item, result) => [`${item.id}${result}`],
) => {
  const running = new Map<number, (result: string) => void>();
  const source = new Subject<Item>();
  const out: string[] = [];
  source
    .pipe(
      settleInOrder<Item, string, string>({
        lane: ({ lane }) => lane,
        begin: ({ id }) => {
          const { promise, resolve } = deferred<string>();
          running.set(id, resolve);
          return promise;
        },
        conclude,
      }),
    )
    .subscribe({
      next: (text) => out.push(text),
      complete: () => out.push('end'),
      error: (cause) => out.push(String(cause)),
    });
  const settle = async (id: number) => {
    running.get(id)!('!');
    await settled();
  };
  return { running, source, out, settle };
};

describe('settleInOrder', () => {
  it('concludes items in their own order, whichever settles first', async () => {
    const { source, out, settle } = arrange();
    [1, 2, 3].forEach((id) => source.next({ id, lane: null }));
    await settle(3);
    await settle(1);
    assert.deepEqual(out, ['1!']);
    await settle(2);
    assert.deepEqual(out, ['1!', '2!', '3!']);
  });

  it('begins an item of a lane only after the one before was concluded', async () => {
    const { source, running, settle } = arrange();
    [1, 2].forEach((id) => source.next({ id, lane: 7 }));
    assert.deepEqual([...running.keys()], [1]);
    await settle(1);
    assert.deepEqual([...running.keys()], [1, 2]);
  });

  it('lets lanes run side by side', () => {
    const { source, running } = arrange();
    source.next({ id: 1, lane: 0 });
    source.next({ id: 2, lane: 1 });
    assert.deepEqual([...running.keys()], [1, 2]);
  });

  it('completes after the last item was concluded', async () => {
    const { source, out, settle } = arrange();
    source.next({ id: 1, lane: null });
    source.complete();
    assert.deepEqual(out, []);
    await settle(1);
    assert.deepEqual(out, ['1!', 'end']);
  });

  it('turns a throw in a conclusion into an error of the stream', async () => {
    const { source, out, settle } = arrange(() => {
      throw new Error('broken');
    });
    source.next({ id: 1, lane: null });
    await settle(1);
    assert.deepEqual(out, ['Error: broken']);
  });

  it('keeps the order for any lanes and any order of settling', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.option(fc.nat(2)), { maxLength: 12 }),
        fc.infiniteStream(fc.nat()),
        async (lanes, picks) => {
          const { source, out, running, settle } = arrange();
          lanes.forEach((lane, id) => source.next({ id, lane }));
          source.complete();
          for (const done = new Set<number>(); done.size < lanes.length;) {
            const open = [...running.keys()].filter((id) => !done.has(id));
            const id = open[(picks.next().value as number) % open.length]!;
            done.add(id);
            await settle(id);
          }
          assert.deepEqual(out, [...lanes.map((_, id) => `${id}!`), 'end']);
        },
      ),
      { numRuns: 40 },
    ));
});
