import { Observable, type OperatorFunction } from 'rxjs';
import type { Transducer } from '../audio/transducer.js';

/**
 * Runs a transducer inside an Observable: each value is pushed, completion flushes, and every output is emitted in order.
 * To be subscribed to once, because the transducer has state. The only place where signal processing meets Rx. It is not
 * composed of Rx operators, which would make an Observable of every chunk: fifty chunks a second of every stream pass here,
 * and most have no output.
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
