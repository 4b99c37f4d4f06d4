import { find } from '../shared/dom.js';
import { SAMPLES } from './samples.js';

/** Called when a visitor asks for something. */
export interface Wishes {
  microphone(): void;
  sample(index: number): void;
  file(file: File): void;
  stop(): void;
  model(name: string): void;
}

/** The row of controls, the keys and the target for dropped files; they allow one stream at a time. */
export class Controls {
  readonly #wishes: Wishes;
  readonly #model = find('model', HTMLSelectElement);
  readonly #sample = find('sample', HTMLSelectElement);
  readonly #stop = find('stop', HTMLButtonElement);
  #isRunning = false;

  constructor(wishes: Wishes) {
    this.#wishes = wishes;
    this.#sample.append(...SAMPLES.map(({ title }, index) => new Option(title, String(index))));
    find('microphone', HTMLButtonElement).onclick = () => wishes.microphone();
    find('play', HTMLButtonElement).onclick = () => wishes.sample(Number(this.#sample.value));
    this.#stop.onclick = () => wishes.stop();
    this.#model.onchange = () => wishes.model(this.#model.value);
    const input = find('file', HTMLInputElement);
    input.onchange = () => {
      const [file] = input.files ?? [];
      if (file !== undefined) wishes.file(file);
      input.value = '';
    };
    document.addEventListener('keydown', ({ key }) => key === 'Escape' && this.#isRunning && wishes.stop());
    this.#takeDrops();
  }

  get model(): string {
    return this.#model.value;
  }

  get isMuted(): boolean {
    return find('mute', HTMLInputElement).checked;
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** Offers the models that the server serves, its default first. */
  offer(models: readonly { readonly name: string; readonly version: string }[]): void {
    this.#model.replaceChildren(...models.map(({ name, version }) => new Option(`${name} ${version}`, name)));
  }

  /** Switches the controls: while a stream runs, it can be stopped and none can be started. */
  running(isRunning: boolean): void {
    const hadFocus = document.activeElement;
    this.#isRunning = isRunning;
    document.body.classList.toggle('running', isRunning);
    for (const id of ['microphone', 'play', 'file', 'model', 'sample', 'device'])
      (document.getElementById(id) as HTMLButtonElement).disabled = isRunning;
    for (const id of ['stop', 'level']) find(id, HTMLElement).hidden = !isRunning;
    if (isRunning) this.#stop.focus({ preventScroll: true });
    else if (hadFocus === this.#stop || hadFocus === document.body)
      find('microphone', HTMLElement).focus({ preventScroll: true });
  }

  #takeDrops(): void {
    const lit = (isLit: boolean) => document.body.classList.toggle('dropping', isLit);
    document.addEventListener('dragover', (event) => {
      event.preventDefault();
      lit(!this.#isRunning);
    });
    document.addEventListener('dragleave', ({ relatedTarget }) => relatedTarget === null && lit(false));
    document.addEventListener('drop', (event) => {
      event.preventDefault();
      lit(false);
      const [file] = event.dataTransfer?.files ?? [];
      if (file !== undefined && !this.#isRunning) this.#wishes.file(file);
    });
  }
}
