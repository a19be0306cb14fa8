import type { Tensor } from '@gradstream/engine';
import { z } from 'zod';
import { axisOf } from '../axes.js';
import { ShapeError, showShape, sizeOf, type LayerType, type Shape } from '../layer.js';
import { commonConfig } from '../schemas.js';

const config = z.strictObject({
  ...commonConfig,
  axes: z.union([z.int(), z.tuple([z.int(), z.int()])], {
    error: 'must be one axis for both inputs, or a list of two',
  }),
  normalize: z.boolean().default(false),
});

/** The square of Keras's least norm, 1e-7. */
const LEAST = 1e-14;

const normalized = (x: Tensor, axis: number): Tensor =>
  x.mul(x.square().sum(axis, true).maximum(LEAST).rsqrt());

/** x as matrices with the summed axis first or last, whichever it is; it is moved to the end where it is neither. */
function asMatrices(x: Tensor, place: number): { readonly matrices: Tensor; readonly isFirst: boolean } {
  const axis = place + 1;
  const [batch = 1] = x.shape;
  const length = x.shape[axis] ?? 1;
  const rest = x.size / (batch * length);
  if (axis === x.rank - 1) return { matrices: x.reshape([batch, rest, length]), isFirst: false };
  if (axis === 1) return { matrices: x.reshape([batch, length, rest]), isFirst: true };
  const axes = Array.from({ length: x.rank }, (_, at) => at).filter((at) => at !== axis);
  return { matrices: x.transpose([...axes, axis]).reshape([batch, rest, length]), isFirst: false };
}

const without = (shape: Shape, place: number): Shape => shape.filter((_, axis) => axis !== place);

/** Keras `Dot`: sums of products along one axis of each of two inputs, for all pairs of the other axes. */
export const dot: LayerType<z.infer<typeof config>> = {
  config,
  inputs: { least: 2, most: 2 },
  build: ({ axes, normalize }, { shapes }) => {
    const [first = [], second = []] = shapes;
    const [a, b] = typeof axes === 'number' ? [axes, axes] : axes;
    const [left, right] = [axisOf(a, first, ['axes']) - 1, axisOf(b, second, ['axes']) - 1];
    const length = first[left] ?? 1;
    if (length !== second[right]) {
      const message = `sums over axes of ${length} and ${second[right] ?? 1} values, of inputs ${showShape(first)} and ${showShape(second)}`;
      throw new ShapeError(message, 'Choose axes of the same length');
    }
    const rest = [...without(first, left), ...without(second, right)];
    const output = rest.length > 0 ? rest : [1];
    return {
      outputs: [output],
      weights: [],
      flops: 2 * length * sizeOf(output) + (normalize ? 3 * (sizeOf(first) + sizeOf(second)) : 0),
      call: ({ gs }, tensors) => {
        const floats = tensors.map((one) => (one.dtype === 'float32' ? one : one.cast('float32')));
        const [x, y] = floats.map((one, at) =>
          normalize ? normalized(one, (at === 0 ? left : right) + 1) : one,
        ) as [Tensor, Tensor];
        if (rest.length === 0) return x.mul(y).sum(1, true);
        const [p, q] = [asMatrices(x, left), asMatrices(y, right)];
        const flags = { transposeA: p.isFirst, transposeB: !q.isFirst };
        return gs.ops.batchMatMul(p.matrices, q.matrices, flags).reshape([-1, ...output]);
      },
    };
  },
};
