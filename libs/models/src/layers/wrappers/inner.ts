import type { InnerLayer, LayerContext, LayerPlan, Mask, WeightSpec } from '../layer.js';

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

/** The context of an inner layer, whose weights are `<prefix>/<name>` of the wrapper's. */
export const contextWithin = (
  context: LayerContext,
  prefix: string,
  { trainable }: InnerLayer,
  masks: readonly Mask[],
): LayerContext => ({
  ...context.within(prefix, masks),
  trainable: context.trainable && trainable,
});
