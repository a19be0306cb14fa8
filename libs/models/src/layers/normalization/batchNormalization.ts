import type { Engine, Tensor, Tensor1D } from '@gradstream/engine';
import { z } from 'zod';
import { initializerSchema, type Initializer } from '../../initializers/index.js';
import { axisOf } from '../axes.js';
import {
  onlyInput,
  onlyTensor,
  ShapeError,
  sizeOf,
  type LayerContext,
  type LayerType,
  type WeightSpec,
} from '../layer.js';
import { commonConfig } from '../schemas.js';
import { orderWithLast, withLast } from './axes.js';
import { affineConfig, affineOf, affineWeights } from './affine.js';

const config = z.strictObject({
  ...commonConfig,
  ...affineConfig,
  axis: z.union([z.int(), z.tuple([z.int()]).transform(([axis]) => axis)]).default(-1),
  momentum: z.number().min(0).max(1).default(0.99),
  moving_mean_initializer: initializerSchema.prefault('zeros'),
  moving_variance_initializer: initializerSchema.prefault('ones'),
  synchronized: z
    .literal(false, { error: 'statistics over several devices are not supported: leave it out' })
    .default(false),
  renorm: z.literal(false, { error: 'batch renormalization is not supported: leave it out' }).default(false),
  /** Of no effect without renorm. */
  renorm_clipping: z.unknown().optional(),
  renorm_momentum: z.number().optional(),
});

/** Keras's fuzz factor, against a division by a count of zero. */
const EPSILON = 1e-7;

const statistic = (name: string, size: number, initializer: Initializer): WeightSpec => ({
  name,
  shape: [size],
  role: 'statistic',
  trainable: false,
  initializer,
});

interface Moments {
  readonly mean: Tensor1D;
  readonly variance: Tensor1D;
}

/** (x − mean) / √(variance + epsilon) · gamma + beta along the last axis, as one product and one sum. */
function normalize(
  x: Tensor,
  { mean, variance }: Moments,
  gamma: Tensor,
  beta: Tensor,
  epsilon: number,
): Tensor {
  const factor = variance.add(epsilon).rsqrt().mul(gamma);
  return x.mul(factor).add(beta.sub(mean.mul(factor)));
}

/** Mean and variance of each channel of x [..., channels] over what a mask leaves, which broadcasts to x. */
function maskedMoments({ tf }: Engine, x: Tensor, counted: Tensor): Moments {
  const axes = Array.from({ length: x.rank - 1 }, (_, axis) => axis);
  const weights = counted.cast('float32').mul(tf.fill(x.shape, 1));
  const count = weights.sum(axes).add(EPSILON);
  const mean = x.mul(weights).sum(axes).div<Tensor1D>(count);
  const variance = x.sub(mean).square().mul(weights).sum(axes).div<Tensor1D>(count);
  return { mean, variance };
}

/** The mask of an input [batch, ..., features], which has one axis less, with the normalized axis moved to the end. */
function weightsOf(mask: Tensor, x: Tensor, axis: number): Tensor {
  if (mask.rank === x.rank - 1) return mask.expandDims(-1).transpose(orderWithLast(x.rank, [axis]));
  const message = `takes a mask of ${x.rank - 1} axes for its input, it is given one of ${mask.rank}`;
  throw new ShapeError(message, 'Normalize before the axes of the input change, or end the mask before it');
}

/** Keras `BatchNormalization`: by the batch in training, by moving statistics otherwise and where it is frozen. */
export const batchNormalization: LayerType<z.infer<typeof config>> = {
  config,
  build: (settings, inputs) => {
    const shape = onlyInput(inputs);
    const axis = axisOf(settings.axis, shape, ['axis']);
    const channels = shape[axis - 1] ?? 1;
    const { epsilon, momentum } = settings;

    const train = (context: LayerContext, x: Tensor, gamma: Tensor1D, beta: Tensor1D): Tensor => {
      const { gs, weight, update } = context;
      const [mask] = context.masks;
      const move = (name: string, value: Tensor): void => {
        update(
          name,
          weight(name)
            .mul(momentum)
            .add(value.mul(1 - momentum)),
        );
      };
      const keep = ({ mean, variance }: Moments): void => {
        move('moving_mean', mean);
        move('moving_variance', variance);
      };
      if (mask) {
        const moments = maskedMoments(gs, x, weightsOf(mask, x, axis));
        keep(moments);
        return normalize(x, moments, gamma, beta, epsilon);
      }
      const { output, ...moments } = gs.ops.batchNormTraining(x, gamma, beta, epsilon);
      keep(moments);
      return output;
    };
    return {
      outputs: [shape],
      weights: [
        ...affineWeights(settings, [channels]),
        statistic('moving_mean', channels, settings.moving_mean_initializer),
        statistic('moving_variance', channels, settings.moving_variance_initializer),
      ],
      flops: 8 * sizeOf(shape),
      mask: 'pass',
      call: (context, tensors) => {
        const { gamma, beta } = affineOf(context, settings, [channels]);
        return withLast(onlyTensor(tensors), [axis], (x) => {
          if (context.training && context.trainable) return train(context, x, gamma, beta);
          const mean = context.weight('moving_mean') as Tensor1D;
          const variance = context.weight('moving_variance') as Tensor1D;
          if (context.training) return normalize(x, { mean, variance }, gamma, beta, epsilon);
          return context.gs.ops.batchNormInference(x, { mean, variance }, gamma, beta, epsilon);
        });
      },
    };
  },
};
