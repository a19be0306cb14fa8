import { z } from 'zod';
import type { LayerType } from '../layer.js';
import { lengthSchema } from '../schemas.js';
import { attentionOptions } from './arguments.js';
import { headedAttention, headedConfig } from './headed.js';

const config = z
  .strictObject({
    ...headedConfig,
    head_dim: lengthSchema,
    num_query_heads: lengthSchema,
    num_key_value_heads: lengthSchema,
  })
  .refine(({ num_query_heads: queries, num_key_value_heads: keys }) => queries % keys === 0, {
    error: 'must be a multiple of num_key_value_heads',
    path: ['num_query_heads'],
  });

/** Keras `GroupQueryAttention` (Ainslie et al., EMNLP 2023): several heads of queries share one of keys and values. */
export const groupQueryAttention: LayerType<z.infer<typeof config>> = {
  config,
  callOptions: attentionOptions,
  inputs: { least: 2, most: 4 },
  build: (settings, inputs) => {
    const { num_query_heads: heads, num_key_value_heads: groups, head_dim: size } = settings;
    return headedAttention(settings, { heads, groups, keyDim: size, valueDim: size, output: null }, inputs);
  },
};
