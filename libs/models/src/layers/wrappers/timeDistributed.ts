import type { Tensor } from '@gradstream/engine';
import { z } from 'zod';
import { onlyInput, onlyTensor, ShapeError, showShape, type LayerType } from '../layer.js';
import { commonConfig } from '../schemas.js';
import { weightsWithin } from './inner.js';

const config = z.strictObject({ ...commonConfig, layer: z.unknown() });

const PREFIX = 'layer';

/** Keras `TimeDistributed`: the same layer on every step, all steps as one batch. */
export const timeDistributed: LayerType<z.infer<typeof config>> = {
  config,
  build: (settings, inputs, readInner) => {
    const shape = onlyInput(inputs);
    const [steps, ...input] = shape;
    if (steps === undefined || input.length === 0) {
      throw new ShapeError(
        `takes [steps, ...] a sample, it is given ${showShape(shape)}`,
        'Add an axis for the steps',
      );
    }
    const layer = readInner(settings.layer, ['layer']);
    const inner = layer.build({ shapes: [input], names: [null], options: {} });
    if (inner.outputs.length !== 1)
      throw new ShapeError('holds a layer of several outputs', 'Use a layer that has one output');
    const [output = []] = inner.outputs;
    return {
      outputs: [[steps, ...output]],
      weights: weightsWithin(PREFIX, layer, inner),
      flops: steps * inner.flops,
      kept: steps * (inner.kept ?? 0),
      mask: 'pass',
      call: (context, tensors) => {
        const x = onlyTensor(tensors);
        const result = inner.call(context.within(PREFIX, [null]), [x.reshape([-1, ...input])]);
        const y = Array.isArray(result) ? (result as readonly Tensor[])[0] : (result as Tensor);
        return (y ?? x).reshape([-1, steps, ...output]);
      },
    };
  },
};
