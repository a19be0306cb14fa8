import type { Tensor1D, Tensor4D } from '@gradstream/engine';
import { z } from 'zod';
import { onlyInput, onlyTensor, sizeOf, type LayerType } from '../layer.js';
import {
  commonConfig,
  dataFormatSchema,
  kernelConfig,
  lengthSchema,
  lengthsSchema,
  paddingSchema,
} from '../schemas.js';
import { activated, biasOf, kernelOf } from '../weights.js';
import { spatialShape, windowLengths } from '../windows.js';

const config = z.strictObject({
  ...commonConfig,
  ...kernelConfig,
  filters: lengthSchema,
  kernel_size: lengthsSchema(2),
  strides: lengthsSchema(2).prefault(1),
  padding: paddingSchema.default('valid'),
  data_format: dataFormatSchema,
  dilation_rate: lengthsSchema(2).prefault(1),
  groups: z.literal(1, { error: 'groups other than 1 are not supported yet' }).default(1),
});

/** Keras `Conv2D`, channels last: kernel [height, width, channels, filters]. */
export const conv2d: LayerType<z.infer<typeof config>> = {
  config,
  build: (settings, inputs) => {
    const { lengths, channels } = spatialShape(onlyInput(inputs), 2);
    const { filters, kernel_size: window, strides, padding, activation } = settings;
    const linear = [...windowLengths(lengths, { ...settings, window }), filters];
    const taps = sizeOf(window) * channels;
    return {
      outputs: [activated(activation, linear)],
      weights: [kernelOf(settings, [...window, channels, filters]), ...biasOf(settings, [filters])],
      flops: sizeOf(linear) * (2 * taps + (settings.use_bias ? 1 : 0)),
      finalActivation: activation,
      activityRegularizer: settings.activity_regularizer ?? null,
      call: (context, tensors) => {
        const { ops } = context.gs;
        const kernel = context.weight('kernel') as Tensor4D;
        const x = onlyTensor(tensors) as Tensor4D;
        const sum = ops.conv2d(x, kernel, {
          strides: strides as [number, number],
          dilations: settings.dilation_rate as [number, number],
          padding,
        });
        const biased = settings.use_bias ? ops.biasAdd(sum, context.weight('bias') as Tensor1D) : sum;
        return context.activate(biased, activation);
      },
    };
  },
};
