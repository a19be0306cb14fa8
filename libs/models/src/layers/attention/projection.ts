// The projections of a multi-head attention layer: Keras's inner EinsumDense layers, as matrix products.

import type { Tensor, Tensor1D } from '@gradstream/engine';
import { z } from 'zod';
import { penalty } from '../../regularizers/index.js';
import { withFans } from '../fans.js';
import { sizeOf, type LayerContext, type Shape, type WeightSpec } from '../layer.js';
import { kernelConfig } from '../schemas.js';
import { biasOf, kernelOf } from '../weights.js';

const schema = z.object(kernelConfig).omit({ activation: true });
/** Settings that all projections of a layer share. */
export const projectionConfig = schema.shape;
export type ProjectionSettings = z.infer<typeof schema>;

/** Weights `<name>/kernel` [...from, ...to] and `<name>/bias` [...to]. */
export function projectionWeights(
  settings: ProjectionSettings,
  name: string,
  from: Shape,
  to: Shape,
): WeightSpec[] {
  const axes = [...from, ...to].map((_length, axis) => axis);
  const initializer = withFans(
    settings.kernel_initializer,
    axes.slice(0, from.length),
    axes.slice(from.length),
  );
  const kernel = kernelOf(
    { ...settings, kernel_initializer: initializer },
    [...from, ...to],
    `${name}/kernel`,
  );
  return [kernel, ...biasOf(settings, to).map((bias) => ({ ...bias, name: `${name}/bias` }))];
}

/** FLOPs of a projection of one step. */
export const projectionFlops = ({ use_bias: useBias }: ProjectionSettings, from: Shape, to: Shape): number =>
  sizeOf(to) * (2 * sizeOf(from) + (useBias ? 1 : 0));

export interface ProjectOptions {
  /** The result is multiplied with it. */
  readonly scale?: number;
  /** The result's shape after [batch, steps]. */
  readonly to: Shape;
  readonly gated?: boolean;
}

/** x [batch, steps, ...] projected; adds the penalty on the outputs, as a mean over samples. */
export function project(
  context: LayerContext,
  settings: ProjectionSettings,
  name: string,
  x: Tensor,
  { scale = 1, to, gated = false }: ProjectOptions,
): Tensor {
  const { gs, weight, addLoss } = context;
  const { tf, ops } = gs;
  const { use_bias: useBias, activity_regularizer: regularizer } = settings;
  const [batch = 1, steps = 1] = x.shape;
  const units = sizeOf(to);
  // A scale of the weights is one of the result, and they are smaller.
  const factor = regularizer ? 1 : scale;
  const scaled = (value: Tensor): Tensor => (factor === 1 ? value : value.mul(factor));
  const kernel = scaled(weight(`${name}/kernel`)).reshape([-1, units]);
  const product = tf.matMul(x.reshape([batch * steps, -1]), kernel);
  const sum = useBias
    ? ops.biasAdd(product, scaled(weight(`${name}/bias`)).reshape<Tensor1D>([units]))
    : product;
  const output = gated ? ops.sigmoid(sum) : sum;
  if (regularizer) addLoss(penalty(gs, regularizer, output).div(batch));
  const rest = regularizer && scale !== 1 ? output.mul(scale) : output;
  return rest.reshape([batch, steps, ...to]);
}
