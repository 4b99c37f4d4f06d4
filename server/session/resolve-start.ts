import { refusal, refused, type Refused } from '../domain/error-code.js';
import type { Account } from './accounts.js';
import type { StartRequest, StreamConfig } from './caller.js';
import type { ServedModel } from './served-model.js';
import type { SessionContext } from './session-context.js';

export type Resolved = { readonly ok: true; readonly model: ServedModel; readonly config: StreamConfig } | Refused;

/**
 * The model and the complete settings that a start request means on this server, or why it is refused.
 */
export const resolveStart = (
  request: StartRequest,
  { models, admission }: Pick<SessionContext, 'models' | 'admission'>,
  account: Account,
): Resolved => {
  const choice = models.choose(request.model, account.rights);
  if (!choice.ok) return choice;
  const { model } = choice;
  const { card } = model;
  const hop = request.hop ?? card.hop.default;
  if (hop < card.hop.min || hop > card.hop.max)
    return refused(
      refusal('bad_request', `hop_ms ${hop} does not suit model ${card.name}, which takes ${range(card.hop)}`),
    );
  const config: StreamConfig = {
    audio: request.audio,
    model: card.name,
    hop,
    interim: request.interim,
    topK: request.topK,
    threshold: request.threshold ?? card.outOfScopeThreshold,
    endpointing: request.endpointing,
    clientReferenceId: request.clientReferenceId,
  };
  const why = account.refusal ?? admission.refusal();
  return why === null ? { ok: true, model, config } : refused(why);
};

const range = ({ min, max }: { readonly min: number; readonly max: number }): string =>
  min === max ? `${min} only` : `${min}–${max}`;
