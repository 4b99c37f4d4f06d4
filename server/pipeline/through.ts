import { Observable, type OperatorFunction } from 'rxjs';
import type { Transducer } from '../audio/transducer.js';

/**
 * Runs a transducer inside an Observable: each value is pushed, completion flushes, and every output is emitted in
 * order. To be subscribed to once, for the transducer remembers. The only place where signal processing meets Rx. Fifty
 * chunks a second of every stream pass here, most of them without an output: so it is no composition of operators, each
 * of which would make an Observable of every chunk.
 */
export const through =
  <In, Out>(transducer: Transducer<In, readonly Out[]>): OperatorFunction<In, Out> =>
  (source) =>
    new Observable<Out>((subscriber) => {
      const emit = (work: () => readonly Out[]): void => {
        let outputs;
        try {
          outputs = work();
        } catch (cause) {
          return subscriber.error(cause);
        }
        for (const output of outputs) subscriber.next(output);
      };
      return source.subscribe({
        next: (value) => emit(() => transducer.push(value)),
        error: (cause) => subscriber.error(cause),
        complete: () => {
          emit(() => transducer.flush());
          subscriber.complete();
        },
      });
    });
