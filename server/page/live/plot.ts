import uPlot from 'uplot';
import { axis } from '../shared/axis.js';
import { drawOverLines, drawUnderLines, type Marked } from './plot-marks.js';

/** The top of the plot's scale: probabilities fill 0 to 1; above them are the names of utterances, then the waveform. */
export const TOP = 1.82;
const SHARES = [0, 0.25, 0.5, 0.75, 1];
const HEIGHT = 250;
const NARROW_HEIGHT = 220;
const NARROW = 520;

/** The lines of one channel over stream time, with waveform, utterances and gaps. */
export class Plot {
  readonly #plot: uPlot;
  readonly #resizing = new ResizeObserver(() => this.#resize());
  readonly #labels: readonly string[];

  constructor(
    readonly marked: Marked,
    readonly box: HTMLElement,
  ) {
    this.#labels = [...marked.track.curves.byLabel.keys()];
    this.#plot = new uPlot(this.#options(), this.#points(), box);
    this.#resizing.observe(box);
  }

  /** Ends the plot, which the window would hold in memory otherwise. */
  destroy(): void {
    this.#resizing.disconnect();
    this.#plot.destroy();
  }

  /** Draws stream time from `from` to `to`, in seconds. */
  show(from: number, to: number): void {
    this.#plot.batch(() => {
      this.#plot.setData(this.#points(), false);
      this.#plot.setScale('x', { min: from, max: to });
    });
  }

  #points(): uPlot.AlignedData {
    const { seconds, byLabel } = this.marked.track.curves;
    return [seconds, ...byLabel.values()];
  }

  #options(): uPlot.Options {
    return {
      ...this.#size(),
      legend: { show: false },
      cursor: { show: false },
      padding: [4, 14, 0, 0],
      scales: { x: { time: false, auto: false, min: 0, max: 12 }, y: { range: [0, TOP] } },
      axes: [
        axis({ values: (_, splits) => splits.map((split) => `${split} s`), size: 26, space: 60 }),
        axis(SHARE_AXIS),
      ],
      series: [{}, ...this.#labels.map((label) => this.#line(label))],
      hooks: {
        drawClear: [(plot) => drawUnderLines(plot, this.marked)],
        draw: [(plot) => drawOverLines(plot, this.marked)],
      },
    };
  }

  #line(label: string): uPlot.Series {
    const { palette } = this.marked;
    return {
      label,
      stroke: () => palette.colour(label),
      width: 2,
      points: { show: false },
      spanGaps: false,
      // The width of a line changes when its label is announced.
      paths: (plot, index, from, to) => {
        plot.series[index]!.width = palette.has(label) ? 2.5 : 1;
        return uPlot.paths.linear!()(plot, index, from, to);
      },
    };
  }

  #size(): { width: number; height: number } {
    const width = Math.max(200, this.box.clientWidth);
    return { width, height: width < NARROW ? NARROW_HEIGHT : HEIGHT };
  }

  #resize(): void {
    const size = this.#size();
    if (size.width !== this.#plot.width) this.#plot.setSize(size);
  }
}

const SHARE_AXIS: uPlot.Axis = {
  splits: () => SHARES,
  values: (_, splits) => splits.map((share) => (share % 0.5 === 0 ? `${share * 100} %` : '')),
  size: 46,
};
