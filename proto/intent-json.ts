import { milliseconds, score } from './rounding.js';
import type { Intent, LabelScore } from './server-messages.js';

const text = JSON.stringify;

/**
 * An intent as `JSON.stringify` would write it, rounded, `type` and `seq` first. Servers send hardly anything else; as a
 * template, which makes no objects on the way, it takes a third of the time.
 */
export const intentJson = (intent: Intent & { readonly seq: number }): string => {
  const { seq, channel, utterance, status, start_ms, end_ms, scores, latency_ms: latency } = intent;
  const place = `"channel":${channel},"utterance":${utterance},"status":${text(status)},"start_ms":${start_ms},"end_ms":${end_ms}`;
  const verdict = `"intent":${text(intent.intent)},"out_of_scope":${intent.out_of_scope},"score":${score(intent.score)}`;
  const times = `"queue":${milliseconds(latency.queue)},"infer":${milliseconds(latency.infer)},"total":${milliseconds(latency.total)}`;
  return `{"type":"intent","seq":${seq},${place},${verdict},"scores":[${scores.map(scoreJson).join()}],"latency_ms":{${times}}}`;
};

const scoreJson = (entry: LabelScore): string => `{"label":${text(entry.label)},"score":${score(entry.score)}}`;
