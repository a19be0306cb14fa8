// Layers on images: against Keras where a range holds one number, against plain arithmetic and their formulas else.

import { describe, expect, test } from '@jest/globals';
import type { Tensor, Tensor4D } from '@gradstream/engine';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { useEngine } from '../../testing/engine.js';
import { planOf, runLayer } from '../../testing/layer.js';
import { testLayer } from '../../testing/layerTest.js';

type Nested = number | Nested[];
const nested: z.ZodType<Nested> = z.lazy(() => z.union([z.number(), z.array(nested)]));
const file = path.join(import.meta.dirname, '../../testing/golden/images.json');
const golden = z
  .object({
    tolerance: z.number(),
    inputs: z.record(z.string(), nested),
    cases: z.array(
      z.object({
        class: z.string(),
        config: z.record(z.string(), z.unknown()),
        training: z.boolean(),
        input: z.string(),
        output: nested,
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(file, 'utf8')));

const get = useEngine();

/** Output of a layer without weights. */
function apply(
  type: string,
  config: object,
  x: Tensor,
  training = true,
  seed: [number, number] = [1, 2],
): Tensor {
  const { tf } = get();
  const plan = planOf(type, config, [x.shape.slice(1)]);
  const run = { inputs: [x], weights: [], training, seed: tf.tensor1d(seed, 'int32') };
  const [output] = runLayer(get(), plan, run).outputs;
  if (!output) throw new Error('no output');
  expect(output.shape).toEqual([x.shape[0], ...(plan.outputs[0] ?? [])]);
  return output;
}

function expectNear(actual: Tensor, expected: Tensor, tolerance = 1e-5): void {
  expect(actual.shape).toEqual(expected.shape);
  const wanted = expected.dataSync();
  const worst = Array.from(actual.dataSync()).reduce((most, value, at) => {
    const difference = Math.abs(value - (wanted[at] ?? Number.NaN));
    return Number.isNaN(difference) ? Infinity : Math.max(most, difference);
  }, 0);
  expect(worst).toBeLessThanOrEqual(tolerance);
}

describe('as Keras', () => {
  test.each(golden.cases.map((one, index) => ({ ...one, index })))('$class, case $index', (one) => {
    const x = get().tf.tensor(golden.inputs[one.input] ?? 0);
    const output = apply(one.class, one.config, x, one.training);
    expectNear(output, get().tf.tensor(one.output), golden.tolerance);
  });
});

/** Pixels that tell where they come from: 10 · row + column, and 100 · image. */
const numbered = (images: number, height: number, width: number): Tensor => {
  const values = Array.from({ length: images }, (_, image) =>
    Array.from({ length: height }, (_, row) =>
      Array.from({ length: width }, (_, column) => [100 * image + 10 * row + column]),
    ),
  );
  return get().tf.tensor(values);
};
type Pixels = number[][][][];
const pixels = (x: Tensor): Pixels => x.arraySync() as Pixels;

const AUGMENTATIONS: [string, Readonly<Record<string, unknown>>][] = [
  ['RandomFlip', {}],
  ['RandomRotation', { factor: 0.2 }],
  ['RandomTranslation', { height_factor: 0.3, width_factor: [0, 0.4] }],
  ['RandomZoom', { height_factor: [-0.3, 0.2] }],
  ['RandomCrop', { height: 3, width: 3 }],
  ['RandomContrast', { factor: 0.4, value_range: [0, 9999] }],
  ['RandomBrightness', { factor: 0.3, value_range: [0, 9999] }],
];

test.each(AUGMENTATIONS)('%s is a function of the seed, another one for each image', (type, config) => {
  const x = numbered(1, 5, 6).tile([32, 1, 1, 1]);
  const output = apply(type, config, x);
  expect([...apply(type, config, x).dataSync()]).toEqual([...output.dataSync()]);
  expect([...apply(type, config, x, true, [1, 3]).dataSync()]).not.toEqual([...output.dataSync()]);
  expect(new Set(pixels(output).map((image) => JSON.stringify(image))).size).toBeGreaterThan(1);
});

test.each(AUGMENTATIONS.filter(([type]) => type !== 'RandomCrop'))(
  '%s changes nothing outside of training',
  (type, config) => {
    const x = numbered(2, 5, 6);
    expect([...apply(type, config, x, false).dataSync()]).toEqual([...x.dataSync()]);
  },
);

test.each([
  ['horizontal', 2],
  ['vertical', 1],
  ['horizontal_and_vertical', [1, 2]],
])('RandomFlip %s flips half of the images, whole ones', (mode, axes) => {
  const x = numbered(1, 3, 4).tile([1000, 1, 1, 1]);
  const plain = JSON.stringify(pixels(x)[0]);
  const flipped = JSON.stringify(pixels(x.reverse(axes))[0]);
  const images = pixels(apply('RandomFlip', { mode }, x)).map((image) => JSON.stringify(image));
  const count = images.filter((image) => image === flipped).length;
  expect(images.filter((image) => image === plain)).toHaveLength(1000 - count);
  expect(Math.abs(count - 500)).toBeLessThan(64); // Four standard deviations of a binomial.
});

test('RandomTranslation by whole pixels: down 1 of 4, left 2 of 8, and the fill value where nothing was', () => {
  const config = {
    height_factor: [0.25, 0.25],
    width_factor: [-0.25, -0.25],
    fill_mode: 'constant',
    fill_value: -1,
  };
  const expected = pixels(numbered(2, 4, 8)).map((image) =>
    image.map((line, row) => line.map((_, column) => [image[row - 1]?.[column + 2]?.[0] ?? -1])),
  );
  expectNear(apply('RandomTranslation', config, numbered(2, 4, 8)), get().tf.tensor(expected));
});

test('RandomRotation by a quarter turns counter-clockwise', () => {
  const size = 5;
  const x = numbered(2, size, size);
  const expected = pixels(x).map((image) =>
    image.map((line, row) => line.map((_, column) => [image[column]?.[size - 1 - row]?.[0] ?? Number.NaN])),
  );
  for (const interpolation of ['bilinear', 'nearest'])
    expectNear(
      apply('RandomRotation', { factor: [0.25, 0.25], interpolation }, x),
      get().tf.tensor(expected),
      1e-3,
    );
});

test('RandomZoom in by half shows the middle at twice its size', () => {
  const config = { height_factor: [-0.5, -0.5] };
  // Centre 2 of five rows: rows 1, 1.5, 2, 2.5, 3; the same for columns. The images are linear, and so is the result.
  const expected = [0, 1].map((image) =>
    [1, 1.5, 2, 2.5, 3].map((row) => [1, 1.5, 2, 2.5, 3].map((column) => [100 * image + 10 * row + column])),
  );
  expectNear(apply('RandomZoom', config, numbered(2, 5, 5)), get().tf.tensor(expected), 1e-4);
});

test('RandomCrop takes every window alike', () => {
  const x = numbered(1, 4, 3).tile([1200, 1, 1, 1]);
  const images = pixels(apply('RandomCrop', { height: 2, width: 2 }, x));
  const counts = new Map<number, number>();
  for (const image of images) {
    const start = image[0]?.[0]?.[0] ?? Number.NaN;
    expect(image).toEqual([
      [[start], [start + 1]],
      [[start + 10], [start + 11]],
    ]);
    counts.set(start, (counts.get(start) ?? 0) + 1);
  }
  expect([...counts.keys()].sort((a, b) => a - b)).toEqual([0, 1, 10, 11, 20, 21]);
  for (const count of counts.values()) expect(Math.abs(count - 200)).toBeLessThan(52); // Four standard deviations.
});

test('RandomContrast scales the distances from the mean of a channel by a number in its range', () => {
  const x = get().tf.tensor([1, 10, 2, 20, 3, 30, 6, 40], [1, 2, 2, 2]).tile([200, 1, 1, 1]); // Means 3 and 25.
  const config = { factor: [0.1, 0.6], value_range: [-99, 99] };
  const factors = pixels(apply('RandomContrast', config, x)).map((image) => {
    const factor = ((image[0]?.[0]?.[0] ?? 0) - 3) / (1 - 3);
    const expected = [1, 10, 2, 20, 3, 30, 6, 40].map((value, at) => {
      const mean = at % 2 === 0 ? 3 : 25;
      return mean + factor * (value - mean);
    });
    expectNear(get().tf.tensor1d(image.flat(2)), get().tf.tensor1d(expected), 1e-3);
    return factor;
  });
  expect(Math.min(...factors)).toBeGreaterThanOrEqual(0.9 - 1e-5);
  expect(Math.max(...factors)).toBeLessThanOrEqual(1.6 + 1e-5);
  const mean = factors.reduce((sum, one) => sum + one, 0) / factors.length;
  expect(Math.abs(mean - 1.25)).toBeLessThan((4 * 0.7) / Math.sqrt(12 * 200)); // Four standard errors.
});

test('values stay in their range', () => {
  const x = get().tf.tensor([0, 255, 100, 200], [1, 2, 2, 1]);
  expect([...apply('RandomBrightness', { factor: [0.5, 0.5] }, x).dataSync()]).toEqual([
    127.5, 255, 227.5, 255,
  ]);
  expect([...apply('RandomBrightness', { factor: [-0.5, -0.5] }, x).dataSync()]).toEqual([0, 127.5, 0, 72.5]);
  expect(
    apply('RandomContrast', { factor: [0, 1] }, x.tile([50, 1, 1, 1]))
      .max()
      .dataSync()[0],
  ).toBe(255);
});

test('images of integers stay whole where they are resized, and become float32', () => {
  const x = get().tf.tensor([0, 1, 10, 4], [1, 2, 2, 1], 'int32');
  const output = apply('Resizing', { height: 1, width: 1 }, x, false); // The mean is 3.75.
  expect(output.dtype).toBe('float32');
  expect([...output.dataSync()]).toEqual([4]);
});

test('more pixels than float32 counts exactly', () => {
  const side = 2048;
  const x = get()
    .tf.range(0, side * side)
    .reshape([1, side, side, 1])
    .tile([6, 1, 1, 1]);
  for (const image of pixels(apply('RandomCrop', { height: 2, width: 2 }, x))) {
    const start = image[0]?.[0]?.[0] ?? Number.NaN;
    expect(image.flat(2)).toEqual([start, start + 1, start + side, start + side + 1]);
  }
});

for (const [type, config] of AUGMENTATIONS) {
  const settings = 'value_range' in config ? { ...config, value_range: [-9, 9] } : config;
  testLayer(get, { type, config: settings, shapes: [[4, 5, 2]], training: true });
}
for (const fill_mode of ['wrap', 'constant', 'nearest'])
  testLayer(get, {
    type: 'RandomTranslation',
    config: { height_factor: 0.9, width_factor: 0.9, fill_mode },
    shapes: [[3, 4, 1]],
    training: true,
  });
testLayer(get, { type: 'Resizing', config: { height: 3, width: 7 }, shapes: [[4, 5, 2]] });
testLayer(get, {
  type: 'Resizing',
  config: { height: 3, width: 7, pad_to_aspect_ratio: true, interpolation: 'nearest' },
  shapes: [[4, 5, 2]],
});
testLayer(get, { type: 'CenterCrop', config: { height: 3, width: 2 }, shapes: [[4, 5, 2]] });

test.each(AUGMENTATIONS)('%s: XLA compiles it, with the same pixels', (type, config) => {
  const gs = get();
  const x = numbered(3, 6, 7);
  const plan = planOf(type, config, [[6, 7, 1]]);
  const seed = gs.tf.tensor1d([4, 5], 'int32');
  const run = (input: Tensor): Tensor[] =>
    runLayer(gs, plan, { inputs: [input], weights: [], training: true, seed }).outputs;
  const step = gs.capture((input) => run(input), { executor: 'xla' });
  const [compiled] = step.run(x);
  expect(step.receipts[0]?.executor).toBe('xla');
  step.dispose();
  const [plain] = run(x);
  if (!compiled || !plain) throw new Error('no output');
  expectNear(compiled, plain, 1e-3);
});

test('places are float32 where half precision comes before and after', () => {
  const gs = get();
  const columns = 1001; // bfloat16 counts to 256.
  const x = gs.tf.range(0, columns).mod(2).reshape<Tensor4D>([1, 1, columns, 1]).tile([1, 4, 1, 16]);
  const same = gs.tf.eye(16).reshape<Tensor4D>([1, 1, 16, 16]);
  const shift = { height_factor: 0, width_factor: [2 / columns, 2 / columns], interpolation: 'nearest' };
  const step = gs.capture(
    (images, kernel) => {
      const convolved = (input: Tensor): Tensor =>
        gs.tf.conv2d(input as Tensor4D, kernel as Tensor4D, 1, 'same');
      return [convolved(apply('RandomTranslation', shift, convolved(images)))];
    },
    { precision: 'bfloat16' },
  );
  const [output] = step.run(x, same);
  step.dispose();
  if (!output) throw new Error('no output');
  const end = [1, 4, columns - 2, 16]; // The pattern repeats every two columns.
  expectNear(output.slice([0, 0, 2, 0], end), x.slice([0, 0, 2, 0], end), 0);
});

test.each([
  ['Resizing', { height: 2, width: 2 }, [[4, 4]], 'takes images [height, width, channels]'],
  ['Resizing', { height: 2, width: 2, interpolation: 'bicubic' }, [[4, 4, 1]], 'only \\"bilinear\\"'],
  ['Resizing', { height: 2, width: 2, antialias: true }, [[4, 4, 1]], 'antialias is not supported'],
  [
    'Resizing',
    { height: 2, width: 2, crop_to_aspect_ratio: true, pad_to_aspect_ratio: true },
    [[4, 4, 1]],
    'does the opposite',
  ],
  ['RandomFlip', { data_format: 'channels_first' }, [[4, 4, 1]], 'only channels_last'],
  ['RandomRotation', { factor: 1.5 }, [[4, 4, 1]], '<=1'],
  ['RandomZoom', { height_factor: -1 }, [[4, 4, 1]], '>-1'],
  ['RandomTranslation', { height_factor: 0.1 }, [[4, 4, 1]], 'width_factor'],
  ['RandomBrightness', { factor: '0.1' }, [[4, 4, 1]], 'must be a number in range, or two of them'],
  ['RandomContrast', { factor: -0.1 }, [[4, 4, 1]], '>=0'],
])('%s %j on %j is refused', (type, config, shapes, message) => {
  expect(() => planOf(type, config, shapes)).toThrow(message);
});
