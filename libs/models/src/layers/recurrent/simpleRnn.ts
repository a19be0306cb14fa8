import { z } from 'zod';
import { activate } from '../../activations/index.js';
import type { LayerType } from '../layer.js';
import { lengthSchema } from '../schemas.js';
import { biasOf, kernelOf } from '../weights.js';
import { flopsOf, projectAll, recurrentLayer, sequenceInputs, sequenceShape } from './recurrentLayer.js';
import { cellConfig, recurrentKernelOf } from './settings.js';

const config = z.strictObject({ ...cellConfig, units: lengthSchema });

/** Keras `SimpleRNN`: h ← activation(x · kernel + bias + h · recurrent kernel). */
export const simpleRnn: LayerType<z.infer<typeof config>> = {
  config,
  inputs: sequenceInputs(1),
  build: (settings, inputs) => {
    const { units, activation, use_bias: useBias } = settings;
    const features = sequenceShape(inputs, 1).input[0] ?? 1;
    return recurrentLayer(
      {
        states: [[units]],
        weights: [
          kernelOf(settings, [features, units]),
          recurrentKernelOf(settings, [units, units]),
          ...biasOf(settings, [units]),
        ],
        flops: flopsOf(features, units, 1),
        kept: units,
        prepare: ({ context, x, dropState }) => {
          const projected = projectAll(
            context,
            x,
            context.weight('kernel'),
            useBias ? context.weight('bias') : null,
          );
          const recurrent = context.weight('recurrent_kernel');
          return (index, [state]) => {
            const input = projected[index];
            if (!state || !input) throw new Error('a step has an input and a state');
            const hidden = dropState?.(state) ?? state;
            return [activate(context.gs, activation, input.add(context.gs.tf.matMul(hidden, recurrent)))];
          };
        },
      },
      settings,
      inputs,
    );
  },
};
