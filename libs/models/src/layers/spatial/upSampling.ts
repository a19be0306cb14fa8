import type { Engine, Tensor, Tensor4D } from '@gradstream/engine';
import { z } from 'zod';
import { onlyInput, onlyTensor, sizeOf, type LayerType } from '../layer.js';
import { commonConfig, dataFormatSchema, lengthSchema, lengthsSchema } from '../schemas.js';
import { spatialShape } from '../windows.js';

const INTERPOLATIONS = ['nearest', 'bilinear'] as const;

const configOf = (rank: 1 | 2 | 3) =>
  z.strictObject({
    ...commonConfig,
    size:
      rank === 1
        ? lengthSchema.transform((size): readonly number[] => [size]).prefault(2)
        : lengthsSchema(rank).prefault(2),
    data_format: dataFormatSchema,
    interpolation: z
      .enum(rank === 2 ? INTERPOLATIONS : ['nearest'], {
        error: rank === 2 ? 'only nearest and bilinear' : 'only nearest for this layer',
      })
      .default('nearest'),
  });

/**
 * Repeats each position of an axis: a product with ones, whose gradient is a plain sum. It takes what TensorFlow's
 * resizing takes, less in XLA, and is the same bytes each time on GPUs, too.
 */
function repeat({ tf }: Engine, x: Tensor, axis: number, times: number): Tensor {
  if (times === 1) return x;
  const inner = sizeOf(x.shape.slice(axis + 1));
  const repeated = x.reshape([-1, 1, inner]).mul(tf.fill([1, times, 1], 1, x.dtype as 'float32' | 'int32'));
  return repeated.reshape(x.shape.map((length, at) => (at === axis ? length * times : length)));
}

/** Keras `UpSampling1D` to `3D`: each position `size` times; of images also by bilinear interpolation. */
export const upSampling = (rank: 1 | 2 | 3): LayerType<z.infer<ReturnType<typeof configOf>>> => ({
  config: configOf(rank),
  build: ({ size, interpolation }, inputs) => {
    const { lengths, channels } = spatialShape(onlyInput(inputs), rank);
    const longer = lengths.map((length, axis) => length * (size[axis] ?? 1));
    const values = sizeOf(longer) * channels;
    const [height = 1, width = 1] = longer;
    return {
      outputs: [[...longer, channels]],
      weights: [],
      // Four products and three sums a value.
      flops: interpolation === 'bilinear' ? 7 * values : 0,
      call: ({ gs }, tensors) => {
        const x = onlyTensor(tensors);
        if (interpolation === 'bilinear')
          return gs.tf.image.resizeBilinear(x as Tensor4D, [height, width], false, true);
        // The last axis first: its repetitions are the smallest copies.
        return size.reduceRight((y, times, axis) => repeat(gs, y, axis + 1, times), x);
      },
    };
  },
});
