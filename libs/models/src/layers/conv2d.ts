import { z } from 'zod';
import type { LayerType } from './layer.js';
import { commonConfig, dataFormatSchema, kernelConfig, paddingSchema, pairSchema } from './schemas.js';
import { imageShape, windowLength } from './windows.js';

const one = (what: string) =>
  pairSchema.refine(([a, b]) => a === 1 && b === 1, `${what} other than 1 is not supported yet`).prefault(1);

const config = z.strictObject({
  ...commonConfig,
  ...kernelConfig,
  filters: z.int().positive(),
  kernel_size: pairSchema,
  strides: pairSchema.prefault(1),
  padding: paddingSchema.default('valid'),
  data_format: dataFormatSchema,
  dilation_rate: one('a dilation'),
  groups: z.literal(1, { error: 'groups other than 1 are not supported yet' }).default(1),
});

/** Keras `Conv2D`, channels last: kernel [height, width, channels, filters]. */
export const conv2d: LayerType<z.infer<typeof config>> = {
  config,
  build: (settings, name, inputShape) => {
    const [height, width, channels] = imageShape(inputShape);
    const { filters, kernel_size: kernelSize, strides, padding, activation, use_bias: useBias } = settings;
    const outputShape = [
      windowLength(height, kernelSize[0], strides[0], padding),
      windowLength(width, kernelSize[1], strides[1], padding),
      filters,
    ];
    const kernel = {
      name: 'kernel',
      shape: [...kernelSize, channels, filters],
      initializer: settings.kernel_initializer,
    } as const;
    const bias = { name: 'bias', shape: [filters], initializer: settings.bias_initializer } as const;
    const parameters = useBias ? [kernel, bias] : [kernel];
    return {
      type: 'Conv2D',
      name,
      inputShape,
      outputShape,
      filters,
      kernelSize,
      strides,
      padding,
      activation,
      useBias,
      parameters,
    };
  },
};
