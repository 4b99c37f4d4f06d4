/** The result of decoding: the message, or a sentence that names the offending value and what would be right. */
export type Decoded<T> = { readonly ok: true; readonly message: T } | { readonly ok: false; readonly problem: string };

export const decoded = <T>(message: T): Decoded<T> => ({ ok: true, message });

export const undecodable = (problem: string): Decoded<never> => ({ ok: false, problem });

const LONGEST_SHOWN = 40;

/** A text cut to 40 characters, for use in a sentence. */
export const shortened = (text: string): string =>
  text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;

/** Short text for a value of any type and size, to show it in an error message. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(shortened(value));
  if (Array.isArray(value)) return '[…]';
  // Not `instanceof Object`: a module has no prototype, and an object from an iframe or a sandbox has a different one.
  if (value !== null && (typeof value === 'object' || typeof value === 'function')) return '{…}';
  return String(value);
}
