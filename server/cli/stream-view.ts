import type { Intent, ServerMessage } from '../../proto/server-messages.js';
import { intentOf, lineOf } from './story-lines.js';

/** Shows the server's messages about a stream as they arrive. */
export interface StreamView {
  show(message: ServerMessage): void;
  end(): void;
}

interface Terminal {
  readonly columns?: number;
  write(text: string): unknown;
}

/** One message per line as JSON, as the protocol has it. */
export const jsonView = (out: Terminal): StreamView => ({
  show: (message) => void out.write(`${JSON.stringify(message)}\n`),
  end: () => undefined,
});

/** One line of text per message, for a pipe or a log. */
export const plainView = (out: Terminal): StreamView => ({
  show: (message) => {
    const line = lineOf(message);
    if (line !== null) out.write(`${line}\n`);
  },
  end: () => undefined,
});

const BARS = 3;
const LABEL_WIDTH = 22;
const NARROWEST_BAR = 10;
const WIDEST_BAR = 50;
const AROUND_BAR = LABEL_WIDTH + 12;

/** The leading intents of every channel as bars, redrawn in place; all other messages scroll above them. */
export const liveView = (out: Terminal): StreamView => {
  const latest = new Map<number, Intent>();
  let drawn = 0;
  const erase = () => (drawn > 0 ? `\x1b[${drawn}A\x1b[0J` : '');
  return {
    show: (message) => {
      const isTentative = message.type === 'intent' && message.status === 'tentative';
      if (isTentative) latest.set(message.channel, message);
      else if (message.type === 'utterance_end') latest.delete(message.channel);
      const line = isTentative ? null : lineOf(message);
      const bars = [...latest.values()]
        .sort((a, b) => a.channel - b.channel)
        .flatMap((intent) => barsOf(intent, out.columns ?? 80));
      out.write(erase() + [...(line === null ? [] : [line]), ...bars].map((text) => `${text}\n`).join(''));
      drawn = bars.length;
    },
    end: () => {
      out.write(erase());
      drawn = 0;
    },
  };
};

/** The bars of one channel's leading intents. Every line is narrower than `columns`. */
export const barsOf = (intent: Intent, columns: number): string[] => {
  const width = Math.max(NARROWEST_BAR, Math.min(WIDEST_BAR, columns - AROUND_BAR));
  const heading = `ch${intent.channel}  ${(intent.end_ms / 1000).toFixed(1)} s  ${intentOf(intent)}`;
  const bars = intent.scores.slice(0, BARS).map(({ label, score }) => {
    const filled = Math.round(score * width);
    const percent = `${Math.round(score * 100)}%`.padStart(4);
    return `  ${label.slice(0, LABEL_WIDTH).padEnd(LABEL_WIDTH)} ${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${percent}`;
  });
  return [heading, ...bars].map((line) => line.slice(0, Math.max(1, columns - 1)));
};
