import { z } from 'zod';
import { onlyInput, onlyTensor, type LayerType } from '../layer.js';
import { commonConfig } from '../schemas.js';

const config = z.strictObject(commonConfig);

/** Keras `Identity`: its input. */
export const identity: LayerType<z.infer<typeof config>> = {
  config,
  build: (_, inputs) => ({
    outputs: [onlyInput(inputs)],
    weights: [],
    flops: 0,
    mask: 'pass',
    call: (_context, tensors) => onlyTensor(tensors),
  }),
};
