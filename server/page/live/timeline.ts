import type { TrackView } from './track-view.js';

/** Seconds of stream time in view while audio comes in. */
const WINDOW = 15;
const NARROW_WINDOW = 8;
const NARROW = '(max-width: 40rem)';

/** Scrolls all tracks together while a stream runs; once it has ended, shows the whole of it. */
export class Timeline {
  #views: readonly TrackView[] = [];
  #isRunning = false;

  /** Tracks of a new stream. */
  begin(views: readonly TrackView[]): void {
    this.#views = views;
    if (this.#isRunning) return;
    this.#isRunning = true;
    requestAnimationFrame(this.#frame);
  }

  /** No more audio comes. */
  end(): void {
    this.#isRunning = false;
    this.redraw();
  }

  /** Draws what is known now. */
  redraw(): void {
    const now = Math.max(0, ...this.#views.map(({ waveform }) => waveform.lengthMs / 1000));
    const window = matchMedia(NARROW).matches ? NARROW_WINDOW : WINDOW;
    const to = this.#isRunning ? Math.max(now, window) : Math.max(now, 4);
    const from = this.#isRunning ? to - window : 0;
    for (const view of this.#views) view.draw(from, to);
  }

  readonly #frame = (): void => {
    if (!this.#isRunning) return;
    this.redraw();
    requestAnimationFrame(this.#frame);
  };
}
