import { z } from 'zod';
import { onlyInput, onlyTensor, sizeOf, type LayerType } from '../layer.js';
import { activated, biasOf, kernelOf } from '../weights.js';
import { spatialShape, windowLengths } from '../windows.js';
import { depthwiseConfig, finish, slidingConfig } from './settings.js';

const configOf = (rank: 1 | 2) => z.strictObject({ ...depthwiseConfig, ...slidingConfig(rank) });

/** Keras `DepthwiseConv1D` and `2D`: kernel [...window, channels, multiplier]; strides may meet dilations. */
export const depthwiseConv = (rank: 1 | 2): LayerType<z.infer<ReturnType<typeof configOf>>> => ({
  config: configOf(rank),
  build: (settings, inputs) => {
    const { lengths, channels } = spatialShape(onlyInput(inputs), rank);
    const { depth_multiplier: multiplier, kernel_size: window, activation } = settings;
    const filters = channels * multiplier;
    const linear = [...windowLengths(lengths, { ...settings, window }), filters];
    const kernel = {
      kernel_initializer: settings.depthwise_initializer,
      kernel_regularizer: settings.depthwise_regularizer,
      kernel_constraint: settings.depthwise_constraint,
    };
    return {
      outputs: [activated(activation, linear)],
      weights: [kernelOf(kernel, [...window, channels, multiplier]), ...biasOf(settings, [filters])],
      flops: sizeOf(linear) * (2 * sizeOf(window) + (settings.use_bias ? 1 : 0)),
      finalActivation: activation,
      activityRegularizer: settings.activity_regularizer ?? null,
      call: (context, tensors) => {
        const sum = context.gs.ops.depthwiseConv(onlyTensor(tensors), context.weight('kernel'), {
          strides: settings.strides,
          dilations: settings.dilation_rate,
          padding: settings.padding,
        });
        return finish(context, sum, settings);
      },
    };
  },
});
