import { styled } from '../shared/dom.js';

const HUES = 8;

/** Gives a label its colour when it is first announced, and the same ever after: what never is stays grey. */
export class Palette {
  readonly #numbers = new Map<string, number>();

  /** The label is announced. */
  announce(label: string): void {
    if (!this.#numbers.has(label)) this.#numbers.set(label, this.#numbers.size % HUES);
  }

  /** Whether the label was ever announced. */
  has(label: string): boolean {
    return this.#numbers.has(label);
  }

  /** A CSS colour of the present scheme. */
  colour(label: string | null): string {
    return styled(this.property(label));
  }

  /** The custom property that holds the colour. */
  property(label: string | null): string {
    const number = label === null ? undefined : this.#numbers.get(label);
    return number === undefined ? '--quiet-line' : `--hue-${number}`;
  }
}
