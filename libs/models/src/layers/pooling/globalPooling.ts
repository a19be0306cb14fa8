import type { Engine, Tensor } from '@gradstream/engine';
import { z } from 'zod';
import { onlyInput, onlyTensor, sizeOf, type LayerType } from '../layer.js';
import { commonConfig, dataFormatSchema } from '../schemas.js';
import { spatialShape } from '../windows.js';

const config = z.strictObject({
  ...commonConfig,
  data_format: dataFormatSchema,
  keepdims: z.boolean().default(false),
});

/** The mean over the steps that count; 0, where Keras gives NaN, for a sample of padding alone. */
function maskedMean({ tf }: Engine, x: Tensor, mask: Tensor, keepDims: boolean): Tensor {
  const counts = mask.cast('float32').expandDims(-1);
  const total = x.mul(counts).sum(1, keepDims);
  return total.div(tf.maximum(counts.sum(1, keepDims), 1));
}

/** The maximum of each channel; equal maxima share its gradient, as in Keras. tfjs gives all of it to each of them. */
const sharedMax = ({ tf }: Engine, x: Tensor, axes: number[], keepDims: boolean): Tensor =>
  tf.customGrad((input, save) => {
    const given = input as Tensor;
    const most = given.max(axes, true);
    (save as (tensors: Tensor[]) => void)([given, most]);
    return {
      value: keepDims ? most : most.squeeze(axes),
      gradFunc: (dy: Tensor, [saved = given, highest = most]: Tensor[]) => {
        const isMost = saved.equal(highest).cast('float32');
        return isMost.mul(dy.reshape(highest.shape).div(isMost.sum(axes, true)));
      },
    };
  })(x);

/** Keras `GlobalMaxPooling1D` to `3D` and `GlobalAveragePooling1D` to `3D`; the average of steps leaves out masked ones. */
export const globalPooling = (
  kind: 'max' | 'average',
  rank: 1 | 2 | 3,
): LayerType<z.infer<typeof config>> => ({
  config,
  build: ({ keepdims }, inputs) => {
    const { lengths, channels } = spatialShape(onlyInput(inputs), rank);
    const axes = lengths.map((_, axis) => axis + 1);
    return {
      outputs: [[...(keepdims ? lengths.map(() => 1) : []), channels]],
      weights: [],
      flops: sizeOf(lengths) * channels,
      call: ({ gs, masks: [mask] }, tensors) => {
        const x = onlyTensor(tensors);
        if (kind === 'max') return sharedMax(gs, x, axes, keepdims);
        return mask && rank === 1 ? maskedMean(gs, x, mask, keepdims) : x.mean(axes, keepdims);
      },
    };
  },
});
