import { z } from 'zod';
import { initializerSchema } from '../../initializers/index.js';
import type { LayerType } from '../layer.js';
import { attentionOptions } from './arguments.js';
import { checkFeatures } from './attention.js';
import { scoredAttention, scoredConfig } from './scored.js';

const config = z.strictObject({ ...scoredConfig, use_scale: z.boolean().default(true) });

const initializer = initializerSchema.parse('glorot_uniform');

/** Keras `AdditiveAttention` (Bahdanau et al., ICLR 2015): scores are Σ scale · tanh(query + key). */
export const additiveAttention: LayerType<z.infer<typeof config>> = {
  config,
  callOptions: attentionOptions,
  inputs: { least: 2, most: 3 },
  build: ({ use_scale: useScale, dropout }, inputs) => {
    checkFeatures(inputs);
    return scoredAttention(
      dropout,
      {
        weights: (features) =>
          useScale ? [{ name: 'scale', shape: [features], role: 'scale', trainable: true, initializer }] : [],
        flops: (features) => (useScale ? 4 : 3) * features,
        scores: ({ gs, weight }, query, key) => {
          const shared = gs.ops.tanh(query.expandDims(2).add(key.expandDims(1)));
          return (useScale ? shared.mul(weight('scale')) : shared).sum(-1);
        },
      },
      inputs,
    );
  },
};
