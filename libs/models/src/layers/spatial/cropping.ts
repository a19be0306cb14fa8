import { z } from 'zod';
import { onlyInput, onlyTensor, ShapeError, type LayerType } from '../layer.js';
import { commonConfig, dataFormatSchema } from '../schemas.js';
import { spatialShape } from '../windows.js';
import { sidesSchema } from './sides.js';

const configOf = (rank: 1 | 2 | 3) =>
  z.strictObject({
    ...commonConfig,
    cropping: sidesSchema(rank).prefault(rank === 2 ? 0 : 1),
    data_format: dataFormatSchema,
  });

/** Keras `Cropping1D` to `3D`: leaves out positions at both ends of each axis. */
export const cropping = (rank: 1 | 2 | 3): LayerType<z.infer<ReturnType<typeof configOf>>> => ({
  config: configOf(rank),
  build: ({ cropping: sides }, inputs) => {
    const { lengths, channels } = spatialShape(onlyInput(inputs), rank);
    const left = lengths.map((length, axis) => {
      const [before, after] = sides[axis] ?? [0, 0];
      if (before + after < length) return length - before - after;
      const message = `crops ${before} + ${after} positions of a length of ${length}`;
      throw new ShapeError(message, 'Leave at least one position of each axis');
    });
    const begin = [0, ...sides.map(([before]) => before), 0];
    return {
      outputs: [[...left, channels]],
      weights: [],
      flops: 0,
      call: ({ gs }, tensors) => gs.tf.slice(onlyTensor(tensors), begin, [-1, ...left, channels]),
    };
  },
});
