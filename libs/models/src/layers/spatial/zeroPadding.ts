import { z } from 'zod';
import { onlyInput, onlyTensor, type LayerType } from '../layer.js';
import { commonConfig, dataFormatSchema } from '../schemas.js';
import { spatialShape } from '../windows.js';
import { sidesSchema } from './sides.js';

const configOf = (rank: 1 | 2 | 3) =>
  z.strictObject({
    ...commonConfig,
    padding: sidesSchema(rank).prefault(1),
    data_format: dataFormatSchema,
  });

/** Keras `ZeroPadding1D` to `3D`: zeros at both ends of each axis. */
export const zeroPadding = (rank: 1 | 2 | 3): LayerType<z.infer<ReturnType<typeof configOf>>> => ({
  config: configOf(rank),
  build: ({ padding }, inputs) => {
    const { lengths, channels } = spatialShape(onlyInput(inputs), rank);
    const longer = lengths.map((length, axis) => {
      const [before, after] = padding[axis] ?? [0, 0];
      return before + length + after;
    });
    return {
      outputs: [[...longer, channels]],
      weights: [],
      flops: 0,
      call: ({ gs }, tensors) => {
        const sides = padding.map(([before, after]): [number, number] => [before, after]);
        return gs.tf.pad(onlyTensor(tensors), [[0, 0], ...sides, [0, 0]]);
      },
    };
  },
});
