/** A label as people say it. */
export const spoken = (label: string): string => label.replaceAll('_', ' ');

/** A probability, 0–1, in per cent. */
export const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** Stream time in seconds. */
export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** Milliseconds with the digits that matter. */
export const millis = (ms: number): string => `${ms < 10 ? ms.toFixed(1) : String(Math.round(ms))} ms`;
