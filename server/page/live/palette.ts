import { styled } from '../shared/dom.js';

const HUES = 8;

/** Gives a label its colour when it is first announced; the label keeps it. Labels that are never announced stay grey. */
export class Palette {
  readonly #numbers = new Map<string, number>();

  /** Gives an announced label its colour, if it has none yet. */
  announce(label: string): void {
    if (!this.#numbers.has(label)) this.#numbers.set(label, this.#numbers.size % HUES);
  }

  /** Whether the label was ever announced. */
  has(label: string): boolean {
    return this.#numbers.has(label);
  }

  /** The label's CSS colour in the present colour scheme; grey for null. */
  colour(label: string | null): string {
    return styled(this.property(label));
  }

  /** The CSS custom property that holds the label's colour. */
  property(label: string | null): string {
    const number = label === null ? undefined : this.#numbers.get(label);
    return number === undefined ? '--quiet-line' : `--hue-${number}`;
  }
}
