import type { Tensor, Tensor4D, Window } from '@gradstream/engine';
import { z } from 'zod';
import { activate } from '../../activations/index.js';
import { SettingError, sizeOf, type LayerContext, type LayerType, type Shape } from '../layer.js';
import { dataFormatSchema, lengthSchema, lengthsSchema, paddingSchema } from '../schemas.js';
import { biasOf, kernelOf } from '../weights.js';
import { spatialShape, windowLengths } from '../windows.js';
import type { Cell } from './cell.js';
import { forgetBias } from './lstm.js';
import { PARAMETERS, sequenceInputs, sequenceShape } from './checks.js';
import { recurrentLayer } from './recurrentLayer.js';
import { checkActivations, gateConfig, recurrentKernelOf } from './settings.js';

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
const STATE_WINDOW: Window = { strides: [1, 1], dilations: [1, 1], padding: 'same' };

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
  checkActivations(filters, settings);
  if (Math.max(...settings.strides) > 1 && Math.max(...settings.dilation_rate) > 1) {
    const message = 'cannot be combined with strides';
    throw new SettingError(['dilation_rate'], message, 'Leave one of them at 1');
  }
  /** The convolution of images with a kernel; with factors [gates, ...images], dropped for each gate. */
  const convolveBy = ({ gs }: LayerContext, kernel: Tensor, drop: Tensor | null, window: Window) => {
    const convolve = (x: Tensor, part: Tensor): Tensor =>
      gs.ops.conv2d(x as Tensor4D, part as Tensor4D, window);
    if (!drop) return (x: Tensor) => convolve(x, kernel);
    const parts = gs.tf.split(kernel, GATES, -1);
    const factors = drop.unstack();
    return (x: Tensor) =>
      gs.tf.concat(
        parts.map((part, gate) => convolve(x.mul(factors[gate] ?? 1), part)),
        -1,
      );
  };
  const inputWindow: Window = {
    strides: settings.strides as [number, number],
    dilations: settings.dilation_rate as [number, number],
    padding: settings.padding,
  };
  return {
    states: [state, state],
    weights: [
      kernelOf(settings, [...window, channels, GATES * filters]),
      recurrentKernelOf(settings, [...window, filters, GATES * filters]),
      ...biasOf(settings, [GATES * filters]).map((spec) =>
        forgetBias(spec, filters, settings.unit_forget_bias),
      ),
    ],
    gates: { count: GATES, always: true },
    isFused: false,
    flops: sizeOf(output) * GATES * filters * (2 * sizeOf(window) * (channels + filters) + 2),
    kept: 7 * sizeOf(state),
    prepare: ({ context, x, drops }) => {
      const { gs } = context;
      const [, steps = 1] = x.shape;
      // Factors of all images: those of a sample at each of its steps.
      const drop = drops.input
        ?.expandDims(2)
        .mul(gs.tf.fill([steps, 1, 1, 1], 1))
        .reshape([GATES, -1, ...image]);
      const kernel = context.weight('kernel');
      const product = convolveBy(context, kernel, drop ?? null, inputWindow)(x.reshape([-1, ...image]));
      const sum = useBias ? product.add(context.weight('bias')) : product;
      const projected = sum.reshape([-1, steps, ...output, GATES * filters]).unstack(1);
      const convolve = convolveBy(context, context.weight('recurrent_kernel'), drops.state, STATE_WINDOW);
      return (index, [hidden, cell]) => {
        const input = projected[index];
        if (!hidden || !cell || !input) throw new Error('a step has an input and two states');
        const all = input.add(convolve(hidden));
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
  parameters: PARAMETERS,
  inputs: sequenceInputs(2),
  build: (settings, inputs) =>
    recurrentLayer(convLstmCell(settings, sequenceShape(inputs, 3).input), settings, inputs, 3),
};
