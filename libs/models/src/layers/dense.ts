import { z } from 'zod';
import { ShapeError, showShape, type LayerType } from './layer.js';
import { commonConfig, kernelConfig } from './schemas.js';

const config = z.strictObject({
  ...commonConfig,
  ...kernelConfig,
  units: z.int().positive(),
  lora_rank: z.null({ error: 'LoRA is not supported' }).optional(),
  quantization_config: z.null().optional(),
});

/** Keras `Dense`: activation(x · kernel + bias), on inputs of rank 1. */
export const dense: LayerType<z.infer<typeof config>> = {
  config,
  build: (settings, name, inputShape) => {
    const [features] = inputShape;
    if (inputShape.length !== 1 || features === undefined) {
      const message = `takes a vector a sample, it is given the shape ${showShape(inputShape)}`;
      throw new ShapeError(message, 'Put a Flatten before it');
    }
    const { units, activation } = settings;
    const kernel = {
      name: 'kernel',
      shape: [features, units],
      initializer: settings.kernel_initializer,
    } as const;
    const bias = { name: 'bias', shape: [units], initializer: settings.bias_initializer } as const;
    const parameters = settings.use_bias ? [kernel, bias] : [kernel];
    return {
      type: 'Dense',
      name,
      inputShape,
      outputShape: [units],
      units,
      activation,
      useBias: settings.use_bias,
      parameters,
    };
  },
};
