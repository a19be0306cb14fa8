import { z } from 'zod';
import type { LayerType } from '../layer.js';
import { lengthSchema } from '../schemas.js';
import { attentionOptions } from './arguments.js';
import { headedAttention, headedConfig } from './headed.js';

/** Keras counts it with the batch; of [batch, steps, features], the steps. */
const stepsAxis = z.union([z.literal(1), z.literal(-2)]);
const axesError = { error: 'attention is over the last axis but one only: reshape the others into it' };

const config = z.strictObject({
  ...headedConfig,
  num_heads: lengthSchema,
  key_dim: lengthSchema,
  value_dim: lengthSchema.nullish(),
  output_shape: z
    .union([lengthSchema, z.array(lengthSchema).min(1)], { error: 'must be a length, or a list of such' })
    .transform((shape) => [shape].flat())
    .nullish(),
  attention_axes: z.union([stepsAxis, z.tuple([stepsAxis])], axesError).nullish(),
});

/** Keras `MultiHeadAttention` (Vaswani et al., NeurIPS 2017): queries, values and keys are [steps, features] a sample. */
export const multiHeadAttention: LayerType<z.infer<typeof config>> = {
  config,
  callOptions: attentionOptions,
  inputs: { least: 2, most: 4 },
  build: (settings, inputs) => {
    const { num_heads: heads, key_dim: keyDim } = settings;
    const valueDim = settings.value_dim ?? keyDim;
    const dims = { heads, groups: heads, keyDim, valueDim, output: settings.output_shape ?? null };
    return headedAttention(settings, dims, inputs);
  },
};
