import type { Tensor } from '@gradstream/engine';
import { z } from 'zod';
import { axisOf } from '../axes.js';
import { onlyInput, onlyTensor, SettingError, sizeOf, type LayerType } from '../layer.js';
import { commonConfig, lengthSchema } from '../schemas.js';
import { withLast } from './axes.js';
import { affineConfig, affineOf, affineWeights } from './affine.js';

const config = z.strictObject({
  ...commonConfig,
  ...affineConfig,
  groups: z
    .union([lengthSchema, z.literal(-1)], { error: 'must be a positive integer, or -1 for one a channel' })
    .default(32),
  axis: z.int().default(-1),
});

/** Keras `GroupNormalization` (Wu and He, ECCV 2018): each sample and group of channels by its own mean and variance. */
export const groupNormalization: LayerType<z.infer<typeof config>> = {
  config,
  build: (settings, inputs) => {
    const shape = onlyInput(inputs);
    const axis = axisOf(settings.axis, shape, ['axis']);
    const channels = shape[axis - 1] ?? 1;
    const groups = settings.groups === -1 ? channels : settings.groups;
    if (channels % groups !== 0) {
      const message = `${channels} channels do not make ${groups} equal groups`;
      throw new SettingError(['groups'], message, 'Choose a divisor of the number of channels');
    }
    const positions = sizeOf(shape) / channels;
    const width = channels / groups;
    return {
      outputs: [shape],
      weights: affineWeights(settings, [channels]),
      flops: 8 * sizeOf(shape),
      kept: sizeOf(shape),
      mask: 'pass',
      call: (context, tensors) => {
        const { gamma, beta } = affineOf(context, settings, [channels]);
        // Over the positions first, which is the large sum; over the channels of a group then: [batch, groups, 1].
        const groupMean = (x: Tensor): Tensor => x.mean(1).reshape([-1, groups, width]).mean(2, true);
        const spread = (x: Tensor): Tensor => x.reshape([-1, 1, channels]);
        return withLast(onlyTensor(tensors), [axis], (moved) => {
          const x = moved.reshape([-1, positions, channels]);
          const mean = groupMean(x).tile([1, 1, width]);
          const centered = x.sub(spread(mean));
          const inverse = groupMean(centered.square()).add(settings.epsilon).rsqrt();
          const factor = spread(inverse.mul(gamma.reshape([groups, width])));
          return centered.mul(factor).add(beta).reshape(moved.shape);
        });
      },
    };
  },
};
