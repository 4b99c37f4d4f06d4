import { find, make } from '../shared/dom.js';
import { SNIPPETS, type OnScreen } from './snippets.js';

const NAMES = Object.keys(SNIPPETS);

/** The panel with programs that do what the page does; its tabs support the usual arrow keys. */
export class CodePanel {
  readonly #tabs = NAMES.map((name) => make('button', '', name));
  readonly #code = find('code', HTMLElement);
  readonly #copy = find('copy', HTMLButtonElement);
  #chosen = 0;
  #screen: OnScreen;

  constructor(screen: OnScreen) {
    this.#screen = screen;
    const list = find('code-tabs', HTMLElement);
    for (const [index, tab] of this.#tabs.entries()) {
      Object.assign(tab, { type: 'button', role: 'tab', id: `tab-${index}` });
      tab.setAttribute('aria-controls', 'code-panel');
      tab.onclick = () => this.#choose(index);
    }
    list.append(...this.#tabs);
    list.onkeydown = (event) => this.#onKey(event);
    this.#copy.onclick = () => void this.#copied();
    this.#choose(0);
  }

  /** Shows the programs for what is on screen now; when the way in changes, selects the tab that fits it. */
  show(change: Partial<OnScreen>): void {
    const isOther = change.way !== undefined && change.way !== this.#screen.way;
    this.#screen = { ...this.#screen, ...change };
    if (isOther) this.#choose(NAMES.indexOf(change.way === 'recording' ? 'Command line' : 'Browser'));
    this.#code.textContent = SNIPPETS[NAMES[this.#chosen]!]!(this.#screen);
  }

  #choose(chosen: number): void {
    this.#chosen = chosen;
    for (const [index, tab] of this.#tabs.entries()) {
      tab.setAttribute('aria-selected', String(index === chosen));
      tab.tabIndex = index === chosen ? 0 : -1;
    }
    find('code-panel', HTMLElement).setAttribute('aria-labelledby', `tab-${chosen}`);
    this.show({});
  }

  #onKey(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    this.#choose((this.#chosen + step + NAMES.length) % NAMES.length);
    this.#tabs[this.#chosen]!.focus();
  }

  async #copied(): Promise<void> {
    const text = this.#code.textContent;
    try {
      await navigator.clipboard.writeText(text);
      this.#copy.textContent = 'Copied';
    } catch {
      getSelection()?.selectAllChildren(this.#code);
      this.#copy.textContent = 'Selected: press Ctrl+C';
    }
    setTimeout(() => (this.#copy.textContent = 'Copy'), 2_000);
  }
}
