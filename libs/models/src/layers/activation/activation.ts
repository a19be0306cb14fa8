import { z } from 'zod';
import { activationSchema } from '../../activations/index.js';
import { onlyInput, onlyTensor, sizeOf, type LayerType } from '../layer.js';
import { commonConfig, regularizer } from '../schemas.js';
import { activated } from '../weights.js';

const config = z.strictObject({
  ...commonConfig,
  activation: activationSchema,
  activity_regularizer: regularizer,
});

/** Keras `Activation`. */
export const activation: LayerType<z.infer<typeof config>> = {
  config,
  build: (settings, inputs) => {
    const shape = onlyInput(inputs);
    return {
      outputs: [activated(settings.activation, shape)],
      weights: [],
      flops: sizeOf(shape),
      finalActivation: settings.activation,
      activityRegularizer: settings.activity_regularizer ?? null,
      mask: 'pass',
      call: (context, tensors) => context.activate(onlyTensor(tensors), settings.activation),
    };
  },
};
