import type { Tensor, Tensor4D } from '@gradstream/engine';
import { z } from 'zod';
import { activate } from '../../activations/index.js';
import { sizeOf, type LayerContext, type LayerType, type Shape } from '../layer.js';
import { dataFormatSchema, lengthSchema, lengthsSchema, paddingSchema } from '../schemas.js';
import { biasOf, kernelOf } from '../weights.js';
import { spatialShape, windowLengths } from '../windows.js';
import type { Cell } from './cell.js';
import { forgetBias } from './lstm.js';
import { recurrentLayer, sequenceInputs, sequenceShape } from './recurrentLayer.js';
import { gateConfig, recurrentKernelOf } from './settings.js';

const config = z.strictObject({
  ...gateConfig,
  filters: lengthSchema,
  kernel_size: lengthsSchema(2),
  strides: lengthsSchema(2).prefault(1),
  padding: paddingSchema.default('valid'),
  data_format: dataFormatSchema,
  dilation_rate: lengthsSchema(2).prefault(1),
  unit_forget_bias: z.boolean().default(true),
});
type Settings = z.infer<typeof config>;

const GATES = 4;

function convLstmCell(settings: Settings, image: Shape): Cell {
  const {
    filters,
    kernel_size: window,
    activation,
    recurrent_activation: gate,
    use_bias: useBias,
  } = settings;
  const { lengths, channels } = spatialShape(image, 2);
  const output = windowLengths(lengths, { ...settings, window });
  const state = [...output, filters];
  const convolve = ({ gs }: LayerContext, x: Tensor, kernel: Tensor, own: Partial<Settings>): Tensor =>
    gs.ops.conv2d(x as Tensor4D, kernel as Tensor4D, {
      strides: (own.strides ?? [1, 1]) as [number, number],
      dilations: (own.dilation_rate ?? [1, 1]) as [number, number],
      padding: own.padding ?? 'same',
    });
  return {
    states: [state, state],
    weights: [
      kernelOf(settings, [...window, channels, GATES * filters]),
      recurrentKernelOf(settings, [...window, filters, GATES * filters]),
      ...biasOf(settings, [GATES * filters]).map((spec) =>
        forgetBias(spec, filters, settings.unit_forget_bias),
      ),
    ],
    flops: sizeOf(output) * GATES * filters * (2 * sizeOf(window) * (channels + filters) + 2),
    kept: 7 * sizeOf(state),
    prepare: ({ context, x, dropState }) => {
      const { gs } = context;
      const [, steps = 1] = x.shape;
      const product = convolve(context, x.reshape([-1, ...image]), context.weight('kernel'), settings);
      const sum = useBias ? product.add(context.weight('bias')) : product;
      const projected = sum.reshape([-1, steps, ...output, GATES * filters]).unstack(1);
      const recurrent = context.weight('recurrent_kernel');
      return (index, [hidden, cell]) => {
        const input = projected[index];
        if (!hidden || !cell || !input) throw new Error('a step has an input and two states');
        const all = input.add(convolve(context, dropState?.(hidden) ?? hidden, recurrent, {}));
        const [i, f, c, o] = gs.tf.split(all, GATES, -1) as [Tensor, Tensor, Tensor, Tensor];
        const next = activate(gs, gate, f)
          .mul(cell)
          .add(activate(gs, gate, i).mul(activate(gs, activation, c)));
        return [activate(gs, gate, o).mul(activate(gs, activation, next)), next];
      };
    },
  };
}

/** Keras `ConvLSTM2D` (Shi et al., NeurIPS 2015): an LSTM whose products are convolutions, over [steps, height, width, channels]. */
export const convLstm2d: LayerType<Settings> = {
  config,
  inputs: sequenceInputs(2),
  build: (settings, inputs) =>
    recurrentLayer(convLstmCell(settings, sequenceShape(inputs, 3).input), settings, inputs, 3),
};
