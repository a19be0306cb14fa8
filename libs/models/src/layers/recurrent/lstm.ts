import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from '@gradstream/engine';
import { z } from 'zod';
import { activate } from '../../activations/index.js';
import type { LayerType } from '../layer.js';
import { lengthSchema } from '../schemas.js';
import { biasOf, kernelOf } from '../weights.js';
import type { Cell } from './cell.js';
import { PARAMETERS, sequenceInputs, sequenceShape } from './checks.js';
import { flopsOf, multiplyBy, projectAll } from './products.js';
import { recurrentLayer } from './recurrentLayer.js';
import { checkActivations, gateConfig, recurrentKernelOf } from './settings.js';

const config = z.strictObject({
  ...gateConfig,
  units: lengthSchema,
  unit_forget_bias: z.boolean().default(true),
});
type Settings = z.infer<typeof config>;

const GATES = 4;

/** The bias of the forget gate begins at one (Jozefowicz et al., ICML 2015). */
export function forgetBias<T extends object>(spec: T, units: number, isWanted: boolean): T {
  return isWanted ? { ...spec, ones: { from: units, to: 2 * units } } : spec;
}

export function lstmCell(settings: Settings, features: number): Cell {
  const { units, activation, recurrent_activation: gate, use_bias: useBias } = settings;
  const isFused = activation === 'tanh' && gate === 'sigmoid';
  checkActivations(units, settings);
  return {
    states: [[units], [units]],
    weights: [
      kernelOf(settings, [features, GATES * units]),
      recurrentKernelOf(settings, [units, GATES * units]),
      ...biasOf(settings, [GATES * units]).map((spec) => forgetBias(spec, units, settings.unit_forget_bias)),
    ],
    gates: { count: GATES, always: false },
    flops: flopsOf(features, units, GATES) + 4 * units,
    kept: 7 * units,
    isFused,
    whole: isFused
      ? (context, x, states) => {
          const { tf, ops } = context.gs;
          const weights = {
            kernel: context.weight('kernel') as Tensor2D,
            recurrentKernel: context.weight('recurrent_kernel') as Tensor2D,
            bias: (useBias ? context.weight('bias') : tf.fill([GATES * units], 0)) as Tensor1D,
          };
          const [hidden, cell] = states as [Tensor2D, Tensor2D];
          const { sequence, cells, state } = ops.lstm(x as Tensor3D, weights, { state: { hidden, cell } });
          return { sequence: (at) => (at === 0 ? sequence : cells), last: [state.hidden, state.cell] };
        }
      : undefined,
    prepare: (call) => {
      const { context, drops } = call;
      const { gs } = context;
      const bias = useBias ? context.weight('bias') : null;
      const projected = projectAll(call, context.weight('kernel'), bias);
      const multiply = multiplyBy(gs, context.weight('recurrent_kernel'), drops.state);
      return (index, [hidden, cell]) => {
        const input = projected[index];
        if (!hidden || !cell || !input) throw new Error('a step has an input and two states');
        const all = input.add(multiply(hidden));
        const [i, f, c, o] = gs.tf.split(all, GATES, 1) as [Tensor, Tensor, Tensor, Tensor];
        const next = activate(gs, gate, f)
          .mul(cell)
          .add(activate(gs, gate, i).mul(activate(gs, activation, c)));
        return [activate(gs, gate, o).mul(activate(gs, activation, next)), next];
      };
    },
  };
}

/** Keras `LSTM`; the gates are input, forget, cell, output. TensorFlow's fused op where tanh and sigmoid are left alone. */
export const lstm: LayerType<Settings> = {
  config,
  parameters: PARAMETERS,
  inputs: sequenceInputs(2),
  build: (settings, inputs) =>
    recurrentLayer(lstmCell(settings, sequenceShape(inputs, 1).input[0] ?? 1), settings, inputs),
};
