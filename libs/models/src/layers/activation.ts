import { z } from 'zod';
import type { LayerType } from './layer.js';
import { activationSchema, commonConfig } from './schemas.js';

const config = z.strictObject({ ...commonConfig, activation: activationSchema });

/** Keras `Activation`. */
export const activation: LayerType<z.infer<typeof config>> = {
  config,
  build: (settings, name, inputShape) => ({
    type: 'Activation',
    name,
    inputShape,
    outputShape: inputShape,
    activation: settings.activation,
    parameters: [],
  }),
};
