import { z } from 'zod';

/** One setting of `earshot serve`. */
export interface Setting<T> {
  /**
   * In commander's syntax; the setting's key is the flag's name in camelCase. Null for a secret, which only the environment
   * may hold, because every user of a machine can see command lines.
   */
  readonly flag: string | null;
  readonly about: string;
  readonly value: z.ZodType<T>;
}

export const setting = <T>(flag: string | null, about: string, value: z.ZodType<T>): Setting<T> => ({
  flag,
  about,
  value,
});

/** A number, or text that holds one. Empty text, as from an environment variable set to nothing, is refused. */
export const numeric = (number: z.ZodNumber) =>
  z.preprocess((given) => (typeof given === 'string' ? numberIn(given) : given), number);

const numberIn = (text: string): number => (text.trim() === '' ? NaN : Number(text));

export const whole = (least: number, most: number) => {
  const told = `must be a whole number from ${least} to ${most}`;
  return numeric(z.number(told).int(told).min(least, told).max(most, told));
};

export const isOn = z.union(
  [z.boolean(), z.enum(['true', 'false', '1', '0']).transform((word) => word === 'true' || word === '1')],
  'must be true, false, 1 or 0',
);
