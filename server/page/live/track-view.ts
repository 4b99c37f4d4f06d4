import type { Intent, Ready } from '@earshot/client';
import { make } from '../shared/dom.js';
import { percent, seconds, spoken } from '../shared/words.js';
import type { Palette } from './palette.js';
import { Plot } from './plot.js';
import { Track } from './track.js';
import { Waveform } from './waveform.js';

/** How many labels the ranking beside the plot shows. */
const RANKED = 5;

/** A channel and its name, and the colours that its labels share with the other channels. */
export interface Place {
  readonly channel: number;
  readonly name: string;
  readonly palette: Palette;
}

/** One channel on the page: its name, the newest intent, the plot, and the ranking, which shows which line is which. */
export class TrackView {
  readonly element: HTMLElement;
  readonly track: Track;
  readonly waveform: Waveform;
  readonly #palette: Palette;
  readonly #intent = make('strong', 'intent', 'listening…');
  readonly #status = make('span', 'pill', 'quiet');
  readonly #score = make('span', 'score');
  readonly #box = make('div', 'plot');
  readonly #ranking = make('ol', 'ranking');
  readonly #plot: Plot;

  constructor({ channel, name, palette }: Place, { config, model }: Ready) {
    this.#palette = palette;
    this.track = new Track(channel, model.labels);
    this.waveform = new Waveform(config.audio.sample_rate);
    const belief = make('p', 'belief', this.#status, this.#intent, this.#score);
    this.element = make(
      'section',
      'card track',
      make('header', '', make('h2', '', name), belief),
      this.#box,
      this.#ranking,
    );
    this.element.setAttribute('aria-label', `${name}, channel ${channel}`);
    this.#box.setAttribute('role', 'img');
    this.#ranking.setAttribute('aria-label', 'Most probable intents');
    const { track, waveform } = this;
    this.#plot = new Plot({ track, waveform, palette, threshold: config.threshold }, this.#box);
  }

  /** Shows the newest intent of the utterance, tentative or final. */
  intent(intent: Intent): void {
    if (intent.intent !== null) this.#palette.announce(intent.intent);
    this.track.intent(intent);
    this.#intent.textContent = intent.intent === null ? 'out of scope' : spoken(intent.intent);
    this.#intent.style.color = intent.intent === null ? '' : `var(${this.#palette.property(intent.intent)})`;
    this.#status.textContent = intent.status;
    this.#status.className = `pill ${intent.status}`;
    this.#score.textContent = percent(intent.score);
    this.#rank(intent);
    this.#describe(intent);
  }

  /** Draws stream time from `from` to `to`, in seconds. */
  draw(from: number, to: number): void {
    this.#plot.show(from, to);
  }

  /** Ends the view, once another takes its place on the page. */
  destroy(): void {
    this.#plot.destroy();
  }

  #rank({ scores }: Intent): void {
    this.#ranking.replaceChildren(...scores.slice(0, RANKED).map(({ label, score }) => this.#row(label, score)));
  }

  #row(label: string, score: number): HTMLElement {
    const bar = make('span', 'bar');
    bar.style.width = percent(score).replace(' ', '');
    bar.style.background = `var(${this.#palette.property(label)})`;
    return make(
      'li',
      '',
      make('span', 'label', spoken(label)),
      make('span', 'share', percent(score)),
      make('span', 'rail', bar),
    );
  }

  #describe({ intent, score, status, end_ms: endMs }: Intent): void {
    const what = intent === null ? 'out of scope' : spoken(intent);
    this.#box.setAttribute(
      'aria-label',
      `Probabilities over stream time; at ${seconds(endMs)}: ${what}, ${percent(score)}, ${status}`,
    );
  }
}
