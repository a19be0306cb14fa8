// What Keras's `Attention` and `AdditiveAttention` share: everything but the scores.

import type { Tensor } from '@gradstream/engine';
import { z } from 'zod';
import type { LayerContext, LayerInputs, LayerPlan, WeightSpec } from '../layer.js';
import { commonConfig, seedSchema } from '../schemas.js';
import { checkSteps, optionsOf, sequence } from './arguments.js';
import { allOf, lowered, seenPlaces } from './seen.js';

/** Settings of both. */
export const scoredConfig = {
  ...commonConfig,
  dropout: z.number().min(0).lt(1).default(0),
  seed: seedSchema,
};

export interface Scoring {
  readonly weights: (features: number) => readonly WeightSpec[];
  /** FLOPs of a score. */
  readonly flops: (features: number) => number;
  /** query [batch, queries, features], key [batch, keys, features] → [batch, queries, keys]. */
  readonly scores: (context: LayerContext, query: Tensor, key: Tensor) => Tensor;
}

/** softmax(scores) · value, of the inputs query, value and perhaps key. */
export function scoredAttention(dropout: number, scoring: Scoring, inputs: LayerInputs): LayerPlan {
  const [query, value, key] = [0, 1, 2].map((index) =>
    sequence(inputs.shapes[index] ?? inputs.shapes[1] ?? [], ['query', 'value', 'key'][index] ?? ''),
  ) as [ReturnType<typeof sequence>, ReturnType<typeof sequence>, ReturnType<typeof sequence>];
  checkSteps(value.steps, key.steps);
  const { causal, withScores } = optionsOf(inputs);
  const pairs = query.steps * key.steps;
  const output = [query.steps, value.features];
  return {
    outputs: withScores ? [output, [query.steps, key.steps]] : [output],
    weights: scoring.weights(query.features),
    flops: pairs * (scoring.flops(query.features) + 5 + 2 * value.features),
    kept: pairs * (dropout > 0 ? 3 : 1),
    mask: 'pass',
    call: (context, [q, v, k = v]) => {
      if (!q || !v || !k) throw new Error('an attention layer was called without a query or a value');
      const { gs, masks, training } = context;
      const [queryMask, valueMask] = masks;
      const scores = scoring.scores(context, q, k);
      const seen = allOf(gs, [
        valueMask?.expandDims(1) ?? null,
        seenPlaces(gs, [query.steps, key.steps], { causal, window: null }),
      ]);
      const softened = gs.ops.softmax(seen ? lowered(scores, seen) : scores);
      const weights = training && dropout > 0 ? gs.ops.dropout(softened, dropout, context.seed()) : softened;
      const mixed = gs.ops.batchMatMul(weights, v);
      const result = queryMask ? mixed.mul(queryMask.expandDims(-1).cast('float32')) : mixed;
      return withScores ? [result, weights] : result;
    },
  };
}
