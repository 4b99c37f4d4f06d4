import type { Gap, Intent } from '@earshot/client';
import { find, make } from '../shared/dom.js';
import { percent, seconds, spoken } from '../shared/words.js';

/** The list of what was settled: finals, and whatever was not classified. */
export class Finals {
  readonly #list = find('finals', HTMLOListElement);
  readonly #none = find('no-finals', HTMLElement);

  clear(): void {
    this.#list.replaceChildren();
    this.#none.hidden = false;
  }

  final({ start_ms: startMs, end_ms: endMs, intent, score }: Intent, name: string): void {
    const what = make('strong', intent === null ? 'out' : '', intent === null ? 'out of scope' : spoken(intent));
    this.#add(`${seconds(startMs)}–${seconds(endMs)}`, name, what, make('span', 'share', percent(score)));
  }

  gap({ start_ms: startMs, end_ms: endMs, reason }: Gap, name: string): void {
    this.#add(
      `${seconds(startMs)}–${seconds(endMs)}`,
      name,
      make('strong', 'alarm', `not classified: ${spoken(reason)}`),
    );
  }

  /** Something that concerns the whole stream. */
  notice(message: string): void {
    this.#add('', '', make('strong', 'alarm', message));
  }

  #add(time: string, name: string, ...what: HTMLElement[]): void {
    this.#none.hidden = true;
    this.#list.prepend(make('li', '', make('time', '', time), make('span', 'who', name), ...what));
  }
}
