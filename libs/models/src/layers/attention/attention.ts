import type { Tensor } from '@gradstream/engine';
import { z } from 'zod';
import { initializerSchema } from '../../initializers/index.js';
import {
  ShapeError,
  type LayerContext,
  type LayerInputs,
  type LayerType,
  type WeightSpec,
} from '../layer.js';
import { attentionOptions } from './arguments.js';
import { scoredAttention, scoredConfig } from './scored.js';

const config = z.strictObject({
  ...scoredConfig,
  use_scale: z.boolean().default(false),
  score_mode: z.enum(['dot', 'concat']).default('dot'),
});
type Settings = z.infer<typeof config>;

const initializer = initializerSchema.parse('ones');
const scalar = (name: string): WeightSpec => ({
  name,
  shape: [],
  role: 'scale',
  trainable: true,
  initializer,
});

function scores(settings: Settings, { gs, weight }: LayerContext, query: Tensor, key: Tensor): Tensor {
  const scaled = (x: Tensor): Tensor => (settings.use_scale ? x.mul(weight('scale')) : x);
  if (settings.score_mode === 'dot') return gs.ops.batchMatMul(scaled(query), key, { transposeB: true });
  const sums = scaled(query.expandDims(2).add(key.expandDims(1)));
  return gs.ops.tanh(sums).sum(-1).mul(weight('concat_score_weight'));
}

/** Throws ShapeError unless queries are as long as keys. */
export function checkFeatures({ shapes }: LayerInputs): void {
  const [query, key] = [shapes[0]?.at(-1), (shapes[2] ?? shapes[1])?.at(-1)];
  if (query === key) return;
  const message = `compares queries of ${query ?? 0} features with keys of ${key ?? 0}`;
  throw new ShapeError(message, 'Give both the same number of features, with a Dense layer');
}

/** Keras `Attention` (Luong et al., EMNLP 2015): scores are products of queries and keys, or sums of tanh(query + key). */
export const attention: LayerType<Settings> = {
  config,
  callOptions: attentionOptions,
  inputs: { least: 2, most: 3 },
  build: (settings, inputs) => {
    checkFeatures(inputs);
    const isConcat = settings.score_mode === 'concat';
    return scoredAttention(
      settings.dropout,
      {
        weights: () => [
          ...(settings.use_scale ? [scalar('scale')] : []),
          ...(isConcat ? [scalar('concat_score_weight')] : []),
        ],
        flops: (features) => (isConcat ? 3 : 2) * features,
        scores: (context, query, key) => scores(settings, context, query, key),
      },
      inputs,
    );
  },
};
