import { refusal, refused, type Refused } from '../domain/error-code.js';
import type { Rights } from '../domain/identity.js';
import type { ModelCard, Precision, Provider } from '../domain/model-card.js';
import type { Classify } from '../domain/outcome.js';
import type { Milliseconds } from '../domain/units.js';

/** Who uses a model, and can be asked to leave it. */
export interface ModelUser {
  /** A newer version waits for the memory of this one: reconnect. */
  announceDrain(grace: Milliseconds): void;
  /** The grace is over. */
  finish(end: 'drained'): void;
}

/** A model that streams can choose: one version of it, for as long as a stream goes on. */
export interface ServedModel {
  readonly card: ModelCard;
  /** What its graph runs on, and in which precision. */
  readonly provider: Provider;
  readonly precision: Precision;
  readonly classify: Classify;
  /** From now on this version is in use; what is returned says that it no longer is. */
  use(user: ModelUser): () => void;
}

export type Choice = { readonly ok: true; readonly model: ServedModel } | Refused;

/** The models of a server, the default one first. Empty until they are loaded. */
export class ModelShelf {
  private models: readonly ServedModel[] = [];

  get all(): readonly ServedModel[] {
    return this.models;
  }

  /** Those that a caller may use, its default first. */
  offeredTo({ models: names }: Rights): readonly ServedModel[] {
    if (names === null) return this.models;
    return [...new Set(names)].flatMap((name) => this.models.filter(({ card }) => card.name === name));
  }

  /** The model of that name, or the default for null; or why there is none. Whether a model exists that a caller may not use is not told. */
  choose(name: string | null, rights: Rights): Choice {
    const offered = this.offeredTo(rights);
    const model = name === null ? offered[0] : offered.find(({ card }) => card.name === name);
    if (model) return { ok: true, model };
    const asked = name === null ? 'no model' : `model "${name.slice(0, 64)}"`;
    const names = offered.map(({ card }) => card.name).join(', ');
    return refused(
      rights.models === null
        ? refusal('model_not_found', `${asked} is not served here: choose one of ${names}`)
        : refusal(
            'permission_denied',
            `${asked} is none that these credentials may use, which are: ${names || 'none that is served here'}`,
          ),
    );
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
