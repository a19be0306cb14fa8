import { z } from 'zod';
import { axisOf } from '../axes.js';
import { onlyInput, onlyTensor, sizeOf, type LayerType } from '../layer.js';
import { commonConfig } from '../schemas.js';

const config = z.strictObject({
  ...commonConfig,
  axis: z.union([z.int(), z.tuple([z.int()]).transform(([axis]) => axis)]).default(-1),
});

/** Keras `Softmax` over one axis; the batch is axis 0. */
export const softmax: LayerType<z.infer<typeof config>> = {
  config,
  build: ({ axis: given }, inputs) => {
    const shape = onlyInput(inputs);
    const axis = axisOf(given, shape, ['axis']);
    const isLast = axis === shape.length;
    return {
      outputs: [shape],
      weights: [],
      flops: 4 * sizeOf(shape),
      ...(isLast ? { finalActivation: 'softmax' as const } : {}),
      mask: 'pass',
      call: (context, tensors) => {
        const x = onlyTensor(tensors);
        if (isLast) return context.activate(x, 'softmax');
        const order = [
          ...Array.from({ length: x.rank }, (_, index) => index).filter((one) => one !== axis),
          axis,
        ];
        const back = order.map((_, index) => order.indexOf(index));
        return context.gs.ops.softmax(x.transpose(order)).transpose(back);
      },
    };
  },
};
