import type { Tensor, Tensor2D } from '@gradstream/engine';
import { z } from 'zod';
import { initializerSchema } from '../../initializers/index.js';
import { onlyInput, onlyTensor, type LayerType } from '../layer.js';
import { commonConfig, constraint, lengthSchema, regularizer } from '../schemas.js';

const config = z.strictObject({
  ...commonConfig,
  input_dim: lengthSchema,
  output_dim: lengthSchema,
  embeddings_initializer: initializerSchema.prefault('uniform'),
  embeddings_regularizer: regularizer,
  embeddings_constraint: constraint,
  activity_regularizer: regularizer,
  mask_zero: z.boolean().default(false),
  /** Keras 2's: the shape of the input says it. */
  input_length: z.int().positive().nullish(),
  lora_rank: z.null({ error: 'LoRA is not supported' }).optional(),
  lora_alpha: z.null({ error: 'LoRA is not supported' }).optional(),
  quantization_config: z.null({ error: 'quantization is not supported' }).optional(),
});

const asIds = (x: Tensor): Tensor => (x.dtype === 'int32' ? x : x.cast('int32'));

/** Keras `Embedding`: the rows of a table [input_dim, output_dim] at ids from 0 on; with mask_zero, 0 is padding. */
export const embedding: LayerType<z.infer<typeof config>> = {
  config,
  build: (settings, inputs) => {
    const { input_dim: count, output_dim: features } = settings;
    return {
      outputs: [[...onlyInput(inputs), features]],
      weights: [
        {
          name: 'embeddings',
          shape: [count, features],
          role: 'embedding',
          trainable: true,
          initializer: settings.embeddings_initializer,
          regularizer: settings.embeddings_regularizer ?? null,
          constraint: settings.embeddings_constraint ?? null,
        },
      ],
      flops: 0,
      activityRegularizer: settings.activity_regularizer ?? null,
      ...(settings.mask_zero && { mask: (_, tensors) => onlyTensor(tensors).notEqual(0) }),
      call: ({ gs, weight }, tensors) =>
        gs.ops.embedding(weight('embeddings') as Tensor2D, asIds(onlyTensor(tensors))),
    };
  },
};
