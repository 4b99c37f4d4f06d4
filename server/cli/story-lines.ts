import type { Intent, ServerMessage, Verdict } from '../../proto/server-messages.js';

/** The text for a verdict: its intent, or that there is none. */
export const intentOf = ({ intent, out_of_scope }: Pick<Verdict, 'intent' | 'out_of_scope'>): string =>
  intent ?? (out_of_scope ? 'out of scope' : 'no intent');

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2).padStart(7)} s`;

const intentLine = (message: Intent): string => {
  const rest = message.scores.slice(0, 3).map(({ label, score }) => `${label} ${score.toFixed(2)}`);
  const status = message.status === 'final' ? 'FINAL    ' : 'tentative';
  return `${seconds(message.end_ms)}  ch${message.channel}  #${message.utterance}  ${status}  ${intentOf(message)} ${message.score.toFixed(2)}  (${rest.join(', ')})`;
};

/** A server message as one line of text; null for messages that are not shown. */
export const lineOf = (message: ServerMessage): string | null => {
  switch (message.type) {
    case 'ready':
      return `stream ${message.session_id}: model ${message.model.name} ${message.model.version}, a frame every ${message.config.hop_ms} ms`;
    case 'intent':
      return intentLine(message);
    case 'speech_started':
      return `${seconds(message.at_ms)}  ch${message.channel}  speech`;
    case 'utterance_end':
      return `${seconds(message.end_ms)}  ch${message.channel}  #${message.utterance}  ended by ${message.reason}`;
    case 'gap':
      return `${seconds(message.start_ms)}  ch${message.channel}  GAP until ${(message.end_ms / 1000).toFixed(2)} s (${message.reason})`;
    case 'warning':
      return `warning ${message.code}: ${message.message}`;
    case 'reconnect':
      return `the server is draining: it ends this stream in ${message.grace_ms} ms`;
    case 'closed':
      return `closed: ${(message.audio_ms / 1000).toFixed(2)} s of audio, ${message.frames} frames, ${message.utterances} utterances, ${message.gap_ms} ms of gaps`;
    case 'error':
    case 'receipt':
      return null;
  }
};
