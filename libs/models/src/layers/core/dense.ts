import type { Tensor1D } from '@gradstream/engine';
import { z } from 'zod';
import { onlyInput, onlyTensor, ShapeError, showShape, sizeOf, type LayerType } from '../layer.js';
import { commonConfig, kernelConfig, lengthSchema } from '../schemas.js';
import { activated, biasOf, kernelOf } from '../weights.js';

const config = z.strictObject({
  ...commonConfig,
  ...kernelConfig,
  units: lengthSchema,
  lora_rank: z.null({ error: 'LoRA is not supported' }).optional(),
  lora_alpha: z.null({ error: 'LoRA is not supported' }).optional(),
  quantization_config: z.null({ error: 'quantization is not supported' }).optional(),
});

/** Keras `Dense`: activation(x · kernel + bias) over the last axis. */
export const dense: LayerType<z.infer<typeof config>> = {
  config,
  build: (settings, inputs) => {
    const shape = onlyInput(inputs);
    const features = shape.at(-1);
    if (features === undefined) {
      throw new ShapeError(
        `takes at least a vector a sample, it is given ${showShape(shape)}`,
        'Add an axis',
      );
    }
    const { units, activation } = settings;
    const linear = [...shape.slice(0, -1), units];
    const outer = sizeOf(shape.slice(0, -1));
    return {
      outputs: [activated(activation, linear)],
      weights: [kernelOf(settings, [features, units]), ...biasOf(settings, [units])],
      flops: outer * (2 * features * units + (settings.use_bias ? units : 0)),
      finalActivation: activation,
      activityRegularizer: settings.activity_regularizer ?? null,
      mask: 'pass',
      call: (context, tensors) => {
        const { tf, ops } = context.gs;
        const x = onlyTensor(tensors);
        const flat = shape.length === 1 ? x : x.reshape([-1, features]);
        const product = tf.matMul(flat, context.weight('kernel'));
        const sum = settings.use_bias ? ops.biasAdd(product, context.weight('bias') as Tensor1D) : product;
        return context.activate(shape.length === 1 ? sum : sum.reshape([-1, ...linear]), activation);
      },
    };
  },
};
