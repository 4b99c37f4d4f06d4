/** What decoding gives: the message, or a sentence that names the offending value and what would be right. */
export type Decoded<T> = { readonly ok: true; readonly message: T } | { readonly ok: false; readonly problem: string };

export const decoded = <T>(message: T): Decoded<T> => ({ ok: true, message });

export const undecodable = (problem: string): Decoded<never> => ({ ok: false, problem });

const LONGEST_SHOWN = 40;

/** A text cut to 40 characters, for use in a sentence. */
export const shortened = (text: string): string =>
  text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;

/** A value of any type and size, as a sentence can show it. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(shortened(value));
  if (Array.isArray(value)) return '[…]';
  // A module has no prototype, and what comes from a frame or a sandbox another one.
  if (value !== null && (typeof value === 'object' || typeof value === 'function')) return '{…}';
  return String(value);
}
