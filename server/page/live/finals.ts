import type { Gap, Intent } from '@earshot/client';
import { find, make } from '../shared/dom.js';
import { percent, seconds, spoken } from '../shared/words.js';

/** The list of final intents, of gaps, and of notices about the whole stream. */
export class Finals {
  readonly #list = find('finals', HTMLOListElement);
  readonly #none = find('no-finals', HTMLElement);

  /** The newest gap of each channel, by the channel's name; it may still grow. */
  readonly #gaps = new Map<string, { readonly gap: Gap; readonly time: HTMLElement }>();

  clear(): void {
    this.#gaps.clear();
    this.#list.replaceChildren();
    this.#none.hidden = false;
  }

  final(final: Intent, name: string): void {
    const { intent, score } = final;
    const what = make('strong', intent === null ? 'out' : '', intent === null ? 'out of scope' : spoken(intent));
    this.#add(span(final), name, what, make('span', 'share', percent(score)));
  }

  gap(gap: Gap, name: string): void {
    const last = this.#gaps.get(name);
    if (last?.gap.reason === gap.reason && gap.start_ms <= last.gap.end_ms) {
      const grown = { ...last.gap, end_ms: gap.end_ms };
      last.time.textContent = span(grown);
      this.#gaps.set(name, { gap: grown, time: last.time });
      return;
    }
    const time = this.#add(span(gap), name, make('strong', 'alarm', `not classified: ${spoken(gap.reason)}`));
    this.#gaps.set(name, { gap, time });
  }

  /** Adds a notice about the whole stream. */
  notice(message: string): void {
    this.#add('', '', make('strong', 'alarm', message));
  }

  #add(span: string, name: string, ...what: HTMLElement[]): HTMLElement {
    this.#none.hidden = true;
    const time = make('time', '', span);
    this.#list.prepend(make('li', '', time, make('span', 'who', name), ...what));
    return time;
  }
}

const span = ({ start_ms: startMs, end_ms: endMs }: { start_ms: number; end_ms: number }): string =>
  `${seconds(startMs)}–${seconds(endMs)}`;
