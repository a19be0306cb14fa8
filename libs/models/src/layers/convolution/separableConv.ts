import { z } from 'zod';
import { initializerSchema } from '../../initializers/index.js';
import { onlyInput, onlyTensor, sizeOf, type LayerType } from '../layer.js';
import { constraint, lengthSchema, regularizer } from '../schemas.js';
import { activated, biasOf, kernelOf } from '../weights.js';
import { spatialShape, windowLengths } from '../windows.js';
import { depthwiseConfig, finish, slidingConfig } from './settings.js';

const configOf = (rank: 1 | 2) =>
  z.strictObject({
    ...depthwiseConfig,
    ...slidingConfig(rank),
    filters: lengthSchema,
    pointwise_initializer: initializerSchema.prefault('glorot_uniform'),
    pointwise_regularizer: regularizer,
    pointwise_constraint: constraint,
  });

/**
 * Keras `SeparableConv1D` and `2D`: each channel by itself with `depthwise_kernel` [...window, channels, multiplier], then
 * a mix of the results at each position with `pointwise_kernel` [...1, channels · multiplier, filters].
 */
export const separableConv = (rank: 1 | 2): LayerType<z.infer<ReturnType<typeof configOf>>> => ({
  config: configOf(rank),
  build: (settings, inputs) => {
    const { lengths, channels } = spatialShape(onlyInput(inputs), rank);
    const { filters, depth_multiplier: multiplier, kernel_size: window, activation } = settings;
    const out = windowLengths(lengths, { ...settings, window });
    const linear = [...out, filters];
    const middle = channels * multiplier;
    const ones = window.map(() => 1);
    const depthwise = {
      kernel_initializer: settings.depthwise_initializer,
      kernel_regularizer: settings.depthwise_regularizer,
      kernel_constraint: settings.depthwise_constraint,
    };
    const pointwise = {
      kernel_initializer: settings.pointwise_initializer,
      kernel_regularizer: settings.pointwise_regularizer,
      kernel_constraint: settings.pointwise_constraint,
    };
    return {
      outputs: [activated(activation, linear)],
      weights: [
        kernelOf(depthwise, [...window, channels, multiplier], 'depthwise_kernel'),
        kernelOf(pointwise, [...ones, middle, filters], 'pointwise_kernel'),
        ...biasOf(settings, [filters]),
      ],
      flops: sizeOf(out) * 2 * middle * (sizeOf(window) + filters) + (settings.use_bias ? sizeOf(linear) : 0),
      kept: sizeOf(out) * middle,
      finalActivation: activation,
      activityRegularizer: settings.activity_regularizer ?? null,
      call: (context, tensors) => {
        const { ops } = context.gs;
        const each = ops.depthwiseConv(onlyTensor(tensors), context.weight('depthwise_kernel'), {
          strides: settings.strides,
          dilations: settings.dilation_rate,
          padding: settings.padding,
        });
        const mixing = { strides: ones, padding: 'valid' } as const;
        return finish(context, ops.conv(each, context.weight('pointwise_kernel'), mixing), settings);
      },
    };
  },
});
