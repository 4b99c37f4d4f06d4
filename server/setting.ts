import { z } from 'zod';

/** One setting of `earshot serve`. */
export interface Setting<T> {
  /** As commander reads it; the name without dashes in camelCase is the key. Null where only the environment has it: every user of a machine sees command lines. */
  readonly flag: string | null;
  readonly about: string;
  readonly value: z.ZodType<T>;
}

export const setting = <T>(flag: string | null, about: string, value: z.ZodType<T>): Setting<T> => ({
  flag,
  about,
  value,
});

/** A number: an empty text, as of a variable that is set to nothing, is none. */
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
