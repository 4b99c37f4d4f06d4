import { microphones } from '@earshot/client/microphone';
import { find } from '../shared/dom.js';

/** The choice among several microphones; browsers give their names only after the page was allowed to use one. */
export class MicrophoneChoice {
  readonly #select = find('device', HTMLSelectElement);
  readonly #label = find('device-choice', HTMLElement);

  constructor() {
    // Absent on a page that is neither on https: nor on localhost.
    if ('mediaDevices' in navigator) navigator.mediaDevices.addEventListener('devicechange', () => void this.refresh());
    void this.refresh();
  }

  /** The chosen device's id; empty for the system's default. */
  get deviceId(): string {
    return this.#select.value;
  }

  /** Updates the list of microphones. */
  async refresh(): Promise<void> {
    const named = (await microphones().catch(() => [])).filter(
      ({ label, deviceId }) => label !== '' && deviceId !== 'default',
    );
    const chosen = this.#select.value;
    this.#select.replaceChildren(
      new Option('system default', ''),
      ...named.map(({ label, deviceId }) => new Option(label, deviceId, false, deviceId === chosen)),
    );
    this.#label.hidden = named.length < 2;
  }
}
