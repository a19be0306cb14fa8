import type { InnerLayer, LayerPlan, WeightSpec } from '../layer.js';

/** The weights of an inner layer, by `<prefix>/<name>`; frozen with it. */
export const weightsWithin = (
  prefix: string,
  { trainable }: InnerLayer,
  { weights }: LayerPlan,
): WeightSpec[] =>
  weights.map((weight) => ({
    ...weight,
    name: `${prefix}/${weight.name}`,
    trainable: trainable && weight.trainable,
  }));
