/** A label as readable text: spaces instead of underscores. */
export const spoken = (label: string): string => label.replaceAll('_', ' ');

/** A share, 0–1, as a text in per cent. */
export const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** A problem as a sentence: with a capital letter and a full stop. */
export const sentence = (message: string): string => `${message.charAt(0).toUpperCase()}${message.slice(1)}.`;

/** Milliseconds as a text in seconds. */
export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** Milliseconds as a text, with one decimal below 10. */
export const millis = (ms: number): string => `${ms < 10 ? ms.toFixed(1) : String(Math.round(ms))} ms`;
