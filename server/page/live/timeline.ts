import type { TrackView } from './track-view.js';

/** Seconds of stream time in view while audio comes in. */
const WINDOW = 15;
const NARROW_WINDOW = 8;
const NARROW = '(max-width: 40rem)';

/** Scrolls all tracks together while a stream runs; shows the whole stream once it has ended. */
export class Timeline {
  #views: readonly TrackView[] = [];
  #isRunning = false;

  /** Begins to scroll the tracks of a new stream, which take the place of those of the one before. */
  begin(views: readonly TrackView[]): void {
    for (const view of this.#views) view.destroy();
    this.#views = views;
    if (this.#isRunning) return;
    this.#isRunning = true;
    requestAnimationFrame(this.#frame);
  }

  /** Stops scrolling, because no more audio comes. */
  end(): void {
    this.#isRunning = false;
    this.redraw();
  }

  /** Draws all tracks as they are now. */
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
