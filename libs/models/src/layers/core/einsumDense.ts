import type { Tensor, Tensor1D } from '@gradstream/engine';
import { z } from 'zod';
import { withFans } from '../fans.js';
import { onlyInput, onlyTensor, sizeOf, type LayerContext, type LayerType } from '../layer.js';
import { commonConfig, kernelConfig, lengthSchema } from '../schemas.js';
import { activated, biasOf, kernelOf } from '../weights.js';
import { einsum } from './einsum.js';
import { biasShape, readEquation } from './equation.js';

const config = z.strictObject({
  ...commonConfig,
  ...z.object(kernelConfig).omit({ use_bias: true }).shape,
  equation: z.string(),
  output_shape: z
    .union([lengthSchema, z.array(lengthSchema.nullable())], {
      error: 'must be a length, or a list of lengths and null',
    })
    .transform((shape) => [shape].flat()),
  bias_axes: z.string().nullish(),
  lora_rank: z.null({ error: 'LoRA is not supported' }).optional(),
  lora_alpha: z.null({ error: 'LoRA is not supported' }).optional(),
  gptq_unpacked_column_size: z.null({ error: 'quantization is not supported' }).optional(),
  quantization_config: z.null({ error: 'quantization is not supported' }).optional(),
});

function addBias({ gs, weight }: LayerContext, x: Tensor): Tensor {
  const bias = weight('bias');
  return bias.rank === 1 ? gs.ops.biasAdd(x, bias as Tensor1D) : x.add(bias);
}

/** Keras `EinsumDense`: activation(einsum(equation, x, kernel) + bias). */
export const einsumDense: LayerType<z.infer<typeof config>> = {
  config,
  build: (settings, inputs) => {
    const { equation, output_shape: given, bias_axes: biasAxes, activation } = settings;
    const read = readEquation(equation, given, onlyInput(inputs));
    const { linear, kernelShape, lengths } = read;
    const axesOf = (isOutput: boolean): number[] =>
      read.kernel.flatMap((label, axis) => (read.output.includes(label) === isOutput ? [axis] : []));
    const initializer = withFans(settings.kernel_initializer, axesOf(false), axesOf(true));
    const useBias = Boolean(biasAxes);
    const summed = read.input.slice(1).filter((label) => !read.output.includes(label));
    const products = sizeOf(summed.map((label) => lengths.get(label) ?? 1));
    return {
      outputs: [activated(activation, linear)],
      weights: [
        kernelOf({ ...settings, kernel_initializer: initializer }, kernelShape),
        ...biasOf({ ...settings, use_bias: useBias }, biasShape(read, biasAxes ?? '')),
      ],
      flops: sizeOf(linear) * (2 * products + (useBias ? 1 : 0)),
      finalActivation: activation,
      activityRegularizer: settings.activity_regularizer ?? null,
      call: (context, tensors) => {
        const product = einsum(context.gs, read, onlyTensor(tensors), context.weight('kernel'));
        return context.activate(useBias ? addBias(context, product) : product, activation);
      },
    };
  },
};
