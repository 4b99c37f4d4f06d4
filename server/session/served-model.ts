import type { ModelCard, Precision, Provider } from '../domain/model-card.js';
import type { Classify } from '../domain/outcome.js';

/** A model that streams can choose. */
export interface ServedModel {
  readonly card: ModelCard;
  /** What its graph runs on, and in which precision. */
  readonly provider: Provider;
  readonly precision: Precision;
  readonly classify: Classify;
}

/** The models of a server, the default one first. Empty until they are loaded. */
export class ModelShelf {
  private models: readonly ServedModel[] = [];

  get all(): readonly ServedModel[] {
    return this.models;
  }

  /** The model of that name, or the default for null; undefined when there is none. */
  find(name: string | null): ServedModel | undefined {
    return name === null ? this.models[0] : this.models.find(({ card }) => card.name === name);
  }

  /** Replaces what is served; `defaultName` null makes the first the default. Throws when no model has that name. */
  place(models: readonly ServedModel[], defaultName: string | null): void {
    const first = defaultName === null ? models[0] : models.find(({ card }) => card.name === defaultName);
    if (!first)
      throw new Error(
        `the default model ${defaultName ?? ''} is not among ${models.map(({ card }) => card.name).join(', ')}`,
      );
    this.models = [first, ...models.filter((model) => model !== first)];
  }
}
