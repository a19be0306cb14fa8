import { z } from 'zod';
import { activate } from '../../activations/index.js';
import type { LayerType } from '../layer.js';
import { lengthSchema } from '../schemas.js';
import { biasOf, kernelOf } from '../weights.js';
import { PARAMETERS, sequenceInputs, sequenceShape } from './checks.js';
import { flopsOf, multiplyBy, projectAll } from './products.js';
import { recurrentLayer } from './recurrentLayer.js';
import { cellConfig, checkActivations, recurrentKernelOf } from './settings.js';

const config = z.strictObject({ ...cellConfig, units: lengthSchema });

/** Keras `SimpleRNN`: h ← activation(x · kernel + bias + h · recurrent kernel). */
export const simpleRnn: LayerType<z.infer<typeof config>> = {
  config,
  parameters: PARAMETERS,
  inputs: sequenceInputs(1),
  build: (settings, inputs) => {
    const { units, activation, use_bias: useBias } = settings;
    const features = sequenceShape(inputs, 1).input[0] ?? 1;
    checkActivations(units, settings);
    return recurrentLayer(
      {
        states: [[units]],
        weights: [
          kernelOf(settings, [features, units]),
          recurrentKernelOf(settings, [units, units]),
          ...biasOf(settings, [units]),
        ],
        gates: { count: 1, always: false },
        isFused: false,
        flops: flopsOf(features, units, 1),
        kept: units,
        prepare: (call) => {
          const { gs, weight } = call.context;
          const projected = projectAll(call, weight('kernel'), useBias ? weight('bias') : null);
          const multiply = multiplyBy(gs, weight('recurrent_kernel'), call.drops.state);
          return (index, [state]) => {
            const input = projected[index];
            if (!state || !input) throw new Error('a step has an input and a state');
            return [activate(gs, activation, input.add(multiply(state)))];
          };
        },
      },
      settings,
      inputs,
    );
  },
};
