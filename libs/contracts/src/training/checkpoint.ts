// The manifest of a checkpoint: what, besides the tensors, a run needs to go on exactly where it was.

import { z } from 'zod';
import { wireNumberSchema } from '../common/numbers.js';

/** Version of the folder's layout; a reader refuses others. */
export const CHECKPOINT_FORMAT = 1;

/** The files of a checkpoint, besides its manifest. */
export const checkpointFiles = ['model.safetensors', 'state.safetensors'] as const;
export type CheckpointFileName = (typeof checkpointFiles)[number];

/** All files of a whole checkpoint. Weights alone can be used, but not gone on from. */
export const wholeCheckpointFiles = [...checkpointFiles, 'manifest.json'] as const;

const count = z.int().min(0);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in 64 hexadecimal digits');
const storedFileSchema = z.strictObject({ bytes: count, sha256 });

/** How the steps were computed. Other values may round sums differently, so that a resumed run ends with other bytes. */
export const executionSchema = z.strictObject({
  device: z.string().min(1).max(200),
  executor: z.enum(['eager', 'captured', 'xla']),
  precision: z
    .enum(['float32', 'bfloat16', 'float16'])
    .optional()
    .describe('Absent: written before it was noted'),
  intraOpThreads: z.int().min(1),
  interOpThreads: z.int().min(1),
});
export type Execution = z.infer<typeof executionSchema>;

export const checkpointManifestSchema = z.strictObject({
  formatVersion: z.literal(CHECKPOINT_FORMAT),
  engineVersion: z.string().min(1).max(100).describe('TensorFlow version that wrote the weights'),
  specVersion: z.int().min(1).describe('Version of the shape of the spec'),
  specSha256: sha256.describe('Hash of the stored spec; only a run of the same spec resumes'),
  step: count.describe('Update steps done'),
  epoch: count.describe('The epoch of the next sample, the first being 1; 0 before training'),
  position: z
    .strictObject({
      samples: count.describe('Samples of the epoch that were used'),
      microSteps: count.describe('Batches that were accumulated since the last update'),
    })
    .describe('Where in the epoch training stands'),
  seed: z
    .int()
    .min(0)
    .max(2 ** 31 - 1),
  framesWatermark: count.describe('Frames that the run had told; what a later attempt tells follows them'),
  execution: executionSchema,
  metrics: z.record(z.string(), wireNumberSchema).describe('What was last measured, by series'),
  state: z.record(z.string(), z.json()).describe('State of callbacks, metrics and schedules, by owner'),
  files: z.strictObject({ 'model.safetensors': storedFileSchema, 'state.safetensors': storedFileSchema }),
});
export type CheckpointManifest = z.infer<typeof checkpointManifestSchema>;
