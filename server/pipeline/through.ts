import { concat, defer, mergeMap, type OperatorFunction } from 'rxjs';
import type { Transducer } from '../audio/transducer.js';

/**
 * Runs a transducer inside an Observable: each value is pushed, completion flushes, and every output is emitted in
 * order. The only place where signal processing meets Rx.
 */
export const through =
  <In, Out>(create: () => Transducer<In, readonly Out[]>): OperatorFunction<In, Out> =>
  (source) =>
    defer(() => {
      const transducer = create();
      return concat(
        source.pipe(mergeMap((value) => transducer.push(value))),
        defer(() => transducer.flush()),
      );
    });
