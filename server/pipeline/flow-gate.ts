import { Observable, type MonoTypeOperatorFunction } from 'rxjs';

/** Slows a source; what still arrives after `pause` was already on its way. */
export interface Valve {
  pause(): void;
  resume(): void;
}

/** Bounds how many frames of one stream are under way at a time. */
export interface FlowGate {
  /** Passes values while the gate is open; while it is closed, pauses the source and holds what still arrives, in order. */
  hold<T>(): MonoTypeOperatorFunction<T>;
  /** Counts one more frame under way. */
  enter(): void;
  /** Counts one frame under way less, and passes on held values if that opens the gate. */
  leave(): void;
}

/**
 * A gate that closes at `limit` frames under way and opens below it. It holds no more than what still arrives from the
 * source after `pause` (for a socket: one read of the kernel's buffer).
 */
export const createFlowGate = (limit: number, valve: Valve): FlowGate => {
  let underWay = 0;
  let release: () => void = () => undefined;
  return {
    hold:
      <T>() =>
      (source: Observable<T>) =>
        new Observable<T>((subscriber) => {
          const queue = new HeldQueue<T>(() => underWay < limit, subscriber.next.bind(subscriber), valve);
          release = () => {
            if (queue.drain()) subscriber.complete();
          };
          return source.subscribe({
            next: (value) => queue.add(value),
            error: (cause) => subscriber.error(cause),
            complete: () => {
              queue.end();
              release();
            },
          });
        }),
    enter: () => {
      underWay++;
    },
    leave: () => {
      underWay--;
      release();
    },
  };
};

class HeldQueue<T> {
  private readonly held: T[] = [];
  private isPaused = false;
  private isDraining = false;
  private hasEnded = false;

  constructor(
    private readonly isOpen: () => boolean,
    private readonly pass: (value: T) => void,
    private readonly valve: Valve,
  ) {}

  add(value: T): void {
    this.held.push(value);
    this.drain();
  }

  end(): void {
    this.hasEnded = true;
  }

  /** Passes on what the gate allows; true when the source has ended and nothing is held. */
  drain(): boolean {
    if (this.isDraining) return false;
    this.isDraining = true;
    while (this.held.length > 0 && this.isOpen()) this.pass(this.held.shift() as T);
    this.isDraining = false;
    this.setPaused(!this.isOpen());
    return this.hasEnded && this.held.length === 0;
  }

  private setPaused(isPaused: boolean): void {
    if (isPaused === this.isPaused) return;
    this.isPaused = isPaused;
    if (isPaused) this.valve.pause();
    else this.valve.resume();
  }
}
