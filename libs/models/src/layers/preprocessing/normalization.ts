import { z } from 'zod';
import { axesOf } from '../axes.js';
import { onlyInput, onlyTensor, SettingError, sizeOf, type LayerType, type Shape } from '../layer.js';
import { commonConfig } from '../schemas.js';

/** All numbers of lists within lists, row by row; null where there is something else. */
function numbersIn(value: unknown): number[] | null {
  if (typeof value === 'number') return Number.isFinite(value) ? [value] : null;
  if (!Array.isArray(value)) return null;
  const found: number[] = [];
  for (const entry of value as readonly unknown[]) {
    const numbers = numbersIn(entry);
    if (!numbers) return null;
    for (const number of numbers) found.push(number);
  }
  return found;
}

const numbers = z.unknown().transform((given, context): readonly number[] | null => {
  if (given === null) return null;
  const found = numbersIn(given);
  if (found) return found;
  context.issues.push({ code: 'custom', message: 'must be a number, or lists of numbers', input: given });
  return z.NEVER;
});
const config = z.strictObject({
  ...commonConfig,
  axis: z
    .union([z.int().transform((axis) => [axis]), z.array(z.int())])
    .nullable()
    .default([-1]),
  mean: numbers.prefault(null),
  variance: numbers
    .refine((values) => values === null || values.every((value) => value >= 0), {
      error: 'is below 0 somewhere: a variance is the mean of squares',
    })
    .prefault(null),
  invert: z.boolean().default(false),
});

/** Keras's fuzz factor: the least standard deviation that is divided by. */
const EPSILON = 1e-7;

/** As many numbers as the shape has values; one stands for all. */
function spread(values: readonly number[], shape: Shape, name: string): readonly number[] {
  const size = sizeOf(shape);
  if (values.length === size) return values;
  const [only] = values;
  if (values.length === 1 && only !== undefined) return new Array<number>(size).fill(only);
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
    if (mean === null || variance === null) {
      const hint = 'Give both, or let the run scale its inputs ("scale": "standardize")';
      throw new SettingError([mean === null ? 'mean' : 'variance'], 'is missing', hint);
    }
    const axes = settings.axis === null ? [] : axesOf(settings.axis, shape, ['axis']);
    const kept = shape.map((length, index) => (axes.includes(index + 1) ? length : 1));
    const means = Float32Array.from(spread(mean, kept, 'mean'));
    const deviations = Float32Array.from(spread(variance, kept, 'variance'), (value) =>
      Math.max(Math.sqrt(value), EPSILON),
    );
    return {
      outputs: [shape],
      weights: [],
      flops: 2 * sizeOf(shape),
      mask: 'pass',
      call: ({ gs }, tensors) => {
        const x = onlyTensor(tensors).cast('float32');
        const tensor = (values: Float32Array) => gs.tf.tensor(values, [1, ...kept]);
        return settings.invert
          ? x.mul(tensor(deviations)).add(tensor(means))
          : x.sub(tensor(means)).div(tensor(deviations));
      },
    };
  },
};
