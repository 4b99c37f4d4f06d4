import { z } from 'zod';

const spread = z.object({ median: z.number() });

/** The part of the JSON of `npm run bench` that the capacity model needs. */
const measuredSchema = z.object({
  surroundings: z.object({
    date: z.string(),
    processor: z.string(),
    cores: z.number(),
    node: z.string(),
    commit: z.string().nullable(),
    loadBefore: z.number(),
  }),
  costs: z.object({
    streams: z.number(),
    idleCpuMs: z.number(),
    openingCpuMs: z.number(),
    paced: z.array(
      z.object({
        encoding: z.string(),
        sampleRate: z.number(),
        chunkMs: z.number(),
        cpuMs: spread,
        mainThreadMs: spread,
      }),
    ),
  }),
});

export type Measured = z.output<typeof measuredSchema>;

/** Reads that part. Throws, naming the key, when the JSON is not the report of a run that measured our server. */
export const readMeasured = (json: string): Measured => {
  const read = measuredSchema.safeParse(JSON.parse(json));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new Error(`not the JSON of a whole npm run bench: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
};
