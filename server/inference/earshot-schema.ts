import { z } from 'zod';
import { FRAME_SAMPLES, MODEL_RATE } from '../domain/units.js';

const SEMANTIC_VERSION = /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/;

/** What a model, and so its folder, may be called. */
export const MODEL_NAME = /^[a-z0-9-]{1,64}$/;

const text = z.string().min(1).max(4096);
const graphName = z.string().min(1).max(256);
const hop = z.int().min(20).max(1000);
const packagePath = z
  .string()
  .max(256)
  .regex(/^(?!.*\.\.)[\w-][\w.-]*(?:\/[\w.-]+)*$/, 'must be a path inside the package, such as golden/hello.wav');

const checksummed = {
  file: packagePath,
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hexadecimal digits'),
};

const variant = z.strictObject({
  ...checksummed,
  data: z.strictObject(checksummed).optional(),
  precision: z.enum(['fp32', 'fp16', 'int8']),
  providers: z.array(z.enum(['cpu', 'webgpu', 'cuda'])).min(1),
  tolerance: z.number().positive().optional(),
});

/** The shape of `earshot.json`, the serving contract of a model package; rules between keys are checked elsewhere. */
export const earshotSchema = z.strictObject({
  schema_version: z.literal(1),
  name: z.string().regex(MODEL_NAME, 'must be 1–64 of a–z, 0–9 and -'),
  version: z.string().regex(SEMANTIC_VERSION, 'must be a semantic version, such as 1.0.0'),
  description: text,
  frame: z.strictObject({ sample_rate: z.literal(Number(MODEL_RATE)), samples: z.literal(Number(FRAME_SAMPLES)) }),
  hop_ms: z.strictObject({ default: hop, min: hop, max: hop }),
  inputs: z.strictObject({ pcm: graphName, state: graphName.nullable() }),
  outputs: z.strictObject({
    logits: graphName,
    next_state: graphName.nullable(),
    speech: graphName.nullable(),
  }),
  state: z.strictObject({ shape: z.array(z.int().positive().max(1_000_000)).min(1).max(8) }).nullable(),
  background: z.array(text),
  out_of_scope: z.strictObject({ rule: z.literal('max_probability'), threshold: z.number().min(0).max(1) }),
  // Beyond this range, scores lose all meaning, and at last are no numbers.
  temperature: z.number().min(0.001).max(1000),
  smoothing: z
    .strictObject({ weight: z.number().positive().max(1000), decay: z.number().positive().max(1) })
    .nullable(),
  variants: z.array(variant).min(1),
  golden: z.array(z.strictObject({ audio: packagePath, expected: packagePath })),
  metrics: z.record(z.string(), z.json()),
  provenance: z.record(z.string(), z.json()),
});

/** `earshot.json`, parsed. */
export type Earshot = z.output<typeof earshotSchema>;

/** The same shape as a JSON Schema, for editors and other tools; `earshot.schema.json` is generated from it. */
export const earshotJsonSchema = (): object => z.toJSONSchema(earshotSchema, { target: 'draft-2020-12' });
