import { z } from 'zod';
import type { Rights } from '../domain/identity.js';

/** An origin as browsers send it: `https://host:port`, without a path. */
export const originSchema = z
  .string()
  .refine((text) => URL.canParse(text) && new URL(text).origin === text, 'must be an origin like https://example.org');

/** Rights as written in a key file and in the `earshot` claim of a JWT; what is left out is not limited. */
export const RIGHTS_FIELDS = {
  models: z.array(z.string().min(1)).min(1).optional(),
  max_streams: z.number().int().min(1).optional(),
  audio_seconds_per_hour: z.number().int().min(1).optional(),
  origins: z.array(originSchema).optional(),
  metrics: z.boolean().optional(),
} as const;

export const rightsSchema = z.strictObject(RIGHTS_FIELDS);

export type SpelledRights = z.infer<typeof rightsSchema>;

/** The rights that these fields grant. Metrics may be read only where `metrics` is true. */
export const rightsOf = (spelt: SpelledRights): Rights => ({
  models: spelt.models ?? null,
  maxStreams: spelt.max_streams ?? null,
  audioSecondsPerHour: spelt.audio_seconds_per_hour ?? null,
  origins: spelt.origins ?? null,
  metrics: spelt.metrics ?? false,
});
