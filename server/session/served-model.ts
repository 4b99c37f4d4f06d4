import { refusal, refused, type Refused } from '../domain/error-code.js';
import type { Rights } from '../domain/identity.js';
import type { ModelCard, Precision, Provider } from '../domain/model-card.js';
import type { Classify } from '../domain/outcome.js';
import type { Milliseconds } from '../domain/units.js';

/** A user of a model, which can be asked to leave it. */
export interface ModelUser {
  /** Asks the user to reconnect within `grace`, because this version of the model has been replaced. */
  announceDrain(grace: Milliseconds): void;
  /** The grace period is over: the user has to end. */
  finish(end: 'drained'): void;
}

/** One version of a model that streams can choose; a stream keeps its version until it ends. */
export interface ServedModel {
  readonly card: ModelCard;
  /** The library that runs its graph, and the precision that it runs in. */
  readonly provider: Provider;
  readonly precision: Precision;
  readonly classify: Classify;
  /** Registers a user of this version; the returned function ends the use. */
  use(user: ModelUser): () => void;
}

export type Choice = { readonly ok: true; readonly model: ServedModel } | Refused;

/** The models that a server serves, the default one first. Empty until they are loaded. */
export class ModelShelf {
  private models: readonly ServedModel[] = [];

  get all(): readonly ServedModel[] {
    return this.models;
  }

  /** The models that a caller may use, its default first. */
  offeredTo({ models: names }: Rights): readonly ServedModel[] {
    if (names === null) return this.models;
    return [...new Set(names)].flatMap((name) => this.models.filter(({ card }) => card.name === name));
  }

  /** The model of that name, or the default for null; or a refusal, which does not reveal models that the caller may not use. */
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

  /** Replaces the served models; with `defaultName` null the first is the default. Throws when no model has that name. */
  place(models: readonly ServedModel[], defaultName: string | null): void {
    const first = defaultName === null ? models[0] : models.find(({ card }) => card.name === defaultName);
    if (!first)
      throw new Error(
        `the default model ${defaultName ?? ''} is not among ${models.map(({ card }) => card.name).join(', ')}`,
      );
    this.models = [first, ...models.filter((model) => model !== first)];
  }
}
