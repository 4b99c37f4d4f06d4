import { Observable, type OperatorFunction, type Subscriber } from 'rxjs';

/** How items are worked on and concluded. */
export interface OrderedWork<Item, Result, Out> {
  /** Starts an item's work, which must not reject; null where there is nothing to wait for. */
  begin(item: Item): Promise<Result> | null;
  /** Items of the same lane are worked on one at a time, each after the previous one is concluded; null waits for none. */
  lane(item: Item): number | null;
  /** Called in the order of the items, whatever the order in which their work settles. */
  conclude(item: Item, result: Result | null): readonly Out[];
  /** Called when all outputs that `conclude` gave for an item have been emitted. */
  concluded?(item: Item): void;
}

/**
 * Works on items concurrently and concludes them in their original order.
 * Holds every item that is not concluded yet: the source must limit how many there are.
 */
export const settleInOrder =
  <Item, Result, Out>(work: OrderedWork<Item, Result, Out>): OperatorFunction<Item, Out> =>
  (source) =>
    new Observable<Out>((subscriber) => {
      const line = new Line(work, subscriber);
      return source.subscribe({
        next: (item) => line.join(item),
        error: (cause) => subscriber.error(cause),
        complete: () => line.close(),
      });
    });

interface Place<Item, Result> {
  readonly item: Item;
  readonly lane: number | null;
  hasBegun: boolean;
  settled: { readonly result: Result | null } | null;
}

class Line<Item, Result, Out> {
  private readonly places: Place<Item, Result>[] = [];
  private isConcluding = false;
  private isClosed = false;

  constructor(
    private readonly work: OrderedWork<Item, Result, Out>,
    private readonly subscriber: Subscriber<Out>,
  ) {}

  join(item: Item): void {
    const place: Place<Item, Result> = { item, lane: this.work.lane(item), hasBegun: false, settled: null };
    this.places.push(place);
    if (this.isFree(place)) this.begin(place);
    this.concludeSettled();
  }

  close(): void {
    this.isClosed = true;
    this.concludeSettled();
  }

  private isFree(place: Place<Item, Result>): boolean {
    return place.lane === null || this.places.find((other) => other.lane === place.lane) === place;
  }

  private begin(place: Place<Item, Result>): void {
    place.hasBegun = true;
    const running = this.work.begin(place.item);
    if (running === null) place.settled = { result: null };
    else void running.then((result) => this.settle(place, result));
  }

  private settle(place: Place<Item, Result>, result: Result): void {
    if (this.subscriber.closed) return;
    place.settled = { result };
    this.concludeSettled();
  }

  private concludeSettled(): void {
    if (this.isConcluding) return;
    this.isConcluding = true;
    try {
      for (let head = this.places[0]; head?.settled; head = this.places[0]) this.conclude(head, head.settled.result);
    } catch (cause) {
      this.subscriber.error(cause);
    }
    this.isConcluding = false;
    if (this.isClosed && this.places.length === 0) this.subscriber.complete();
  }

  private conclude(head: Place<Item, Result>, result: Result | null): void {
    const outputs = this.work.conclude(head.item, result);
    this.places.shift();
    this.beginNext(head.lane);
    for (const output of outputs) this.subscriber.next(output);
    this.work.concluded?.(head.item);
  }

  private beginNext(lane: number | null): void {
    if (lane === null) return;
    const next = this.places.find((place) => place.lane === lane);
    if (next && !next.hasBegun) this.begin(next);
  }
}
