import { z } from 'zod';
import { axesOf } from '../axes.js';
import { onlyInput, onlyTensor, SettingError, sizeOf, type LayerType, type Shape } from '../layer.js';
import { commonConfig } from '../schemas.js';

type Nested = number | readonly Nested[];
const numbers: z.ZodType<Nested> = z.lazy(() => z.union([z.number(), z.array(numbers)]));
const config = z.strictObject({
  ...commonConfig,
  axis: z
    .union([z.int().transform((axis) => [axis]), z.array(z.int())])
    .nullable()
    .default([-1]),
  mean: numbers.nullish(),
  variance: numbers.nullish(),
  invert: z.boolean().default(false),
});

/** Keras's fuzz factor: the least standard deviation that is divided by. */
const EPSILON = 1e-7;

const flatten = (value: Nested): number[] => (typeof value === 'number' ? [value] : value.flatMap(flatten));

/** As many numbers as the shape has values; one stands for all. */
function spread(given: Nested, shape: Shape, name: string): number[] {
  const values = flatten(given);
  const size = sizeOf(shape);
  if (values.length === size) return values;
  const [only] = values;
  if (values.length === 1 && only !== undefined) return Array.from({ length: size }, () => only);
  throw new SettingError(
    [name],
    `has ${values.length} numbers, the axes that are kept have ${size}`,
    'Give one for each',
  );
}

/**
 * Keras `Normalization`: (x - mean) / √variance along the axes that are kept, or the inverse. Mean and variance are in the
 * definition; a layer without them has to be adapted to data first, which belongs to the preprocessing of a run.
 */
export const normalization: LayerType<z.infer<typeof config>> = {
  config,
  build: (settings, inputs) => {
    const shape = onlyInput(inputs);
    const { mean, variance } = settings;
    if (mean === null || mean === undefined || variance === null || variance === undefined) {
      const hint = 'Give both, or let the run scale its inputs ("scale": "standardize")';
      throw new SettingError([mean === null || mean === undefined ? 'mean' : 'variance'], 'is missing', hint);
    }
    const axes = settings.axis === null ? [] : axesOf(settings.axis, shape, ['axis']);
    const kept = shape.map((length, index) => (axes.includes(index + 1) ? length : 1));
    const means = spread(mean, kept, 'mean');
    const deviations = spread(variance, kept, 'variance').map((value) => Math.max(Math.sqrt(value), EPSILON));
    return {
      outputs: [shape],
      weights: [],
      flops: 2 * sizeOf(shape),
      mask: 'pass',
      call: ({ gs }, tensors) => {
        const x = onlyTensor(tensors).cast('float32');
        const tensor = (values: number[]) => gs.tf.tensor(values, [1, ...kept]);
        return settings.invert
          ? x.mul(tensor(deviations)).add(tensor(means))
          : x.sub(tensor(means)).div(tensor(deviations));
      },
    };
  },
};
