// A run of a model with two outputs, from its dataset to predictions, beside plain float64 arithmetic. The model is linear
// and begins at zeros, so that each step can be worked out by hand.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runSpecSchema, type NewFrame, type RunSpec, type RunSpecInput } from '@gradstream/contracts';
import { DEFAULT_LIMITS, ingest, openCsv, ShardedDataset } from '@gradstream/datasets';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { useEngine } from '../testing/engine.js';
import { graphFrom } from '../testing/trainings.js';
import { Predictor } from './predictor.js';
import { train } from './train.js';

const engine = useEngine();

const zeros = { kernelInitializer: 'zeros' };
const graph = graphFrom({
  inputs: [{ name: 'x', shape: [2] }],
  layers: {
    kind: { type: 'dense', units: 3, activation: 'softmax', inputs: 'x', ...zeros },
    price: { type: 'dense', units: 1, inputs: 'x', ...zeros },
  },
  outputs: ['kind', 'price'],
});

/** Rows 0 to 7 are trained on: four of a, two each of b and c. Rows 8 and 9 validate. */
const rows = [
  [0.5, -1, 'a', 2],
  [1, 0.25, 'b', -1],
  [-0.75, 0.5, 'a', 0.5],
  [2, 1, 'c', 3],
  [-1, -1.5, 'a', -2],
  [0.25, 2, 'c', 1.5],
  [1.5, -0.5, 'b', 0],
  [-2, 0.75, 'a', 1],
  [0.75, 0.75, 'b', -0.5],
  [-0.5, -0.25, 'c', 2.5],
] as const;
const CLASSES = ['a', 'b', 'c'];
const [RATE, PRICE_WEIGHT, STEPS] = [0.2, 0.25, 3];
/** Balanced: 8 rows / (3 classes · rows of the class). */
const BALANCED = [8 / (3 * 4), 8 / (3 * 2), 8 / (3 * 2)];

/** Kernel of a layer, [inputs][units], and its bias. */
interface Layer {
  readonly kernel: number[][];
  readonly bias: number[];
}
const layerOf = (units: number): Layer => ({
  kernel: [0, 1].map(() => new Array<number>(units).fill(0)),
  bias: new Array<number>(units).fill(0),
});
const apply = ({ kernel, bias }: Layer, x: readonly number[]): number[] =>
  bias.map((b, unit) => x.reduce((sum, value, at) => sum + value * (kernel[at]?.[unit] ?? NaN), b));
function softmax(values: readonly number[]): number[] {
  const powers = values.map(Math.exp);
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

/** Losses of some rows by layers, and what a step of gradient descent makes of the layers. */
function step(
  layers: { kind: Layer; price: Layer },
  given: readonly (readonly [number, number, string, number])[],
) {
  const [kindSteps, priceSteps] = [layerOf(3), layerOf(1)];
  let [kind, price] = [0, 0];
  for (const [a, b, label, wanted] of given) {
    const x = [a, b];
    const index = CLASSES.indexOf(label);
    const factor = BALANCED[index] ?? NaN;
    const p = softmax(apply(layers.kind, x));
    const [y = NaN] = apply(layers.price, x);
    kind -= (factor * Math.log(p[index] ?? NaN)) / given.length;
    price += (y - wanted) ** 2 / given.length;
    const slopes = p.map((value, unit) => (factor * (value - Number(unit === index))) / given.length);
    add(kindSteps, x, slopes);
    add(priceSteps, x, [(PRICE_WEIGHT * 2 * (y - wanted)) / given.length]);
  }
  const next = { kind: moved(layers.kind, kindSteps), price: moved(layers.price, priceSteps) };
  return { losses: { loss: kind + PRICE_WEIGHT * price, kind, price }, next };
}
function add(sum: Layer, x: readonly number[], slopes: readonly number[]): void {
  slopes.forEach((slope, unit) => {
    x.forEach((value, at) => {
      const row = sum.kernel[at];
      if (row) row[unit] = (row[unit] ?? NaN) + value * slope;
    });
    sum.bias[unit] = (sum.bias[unit] ?? NaN) + slope;
  });
}
const moved = (layer: Layer, slopes: Layer): Layer => ({
  kernel: layer.kernel.map((row, at) =>
    row.map((value, unit) => value - RATE * (slopes.kernel[at]?.[unit] ?? NaN)),
  ),
  bias: layer.bias.map((value, unit) => value - RATE * (slopes.bias[unit] ?? NaN)),
});

let folder = '';
let dataset: ShardedDataset;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'gradstream-outputs-'));
  const csv = ['u,v,kind,price', ...rows.map((row) => row.join(','))].join('\n');
  const source = await openCsv(Readable.from([Buffer.from(`${csv}\n`)]), DEFAULT_LIMITS, ',');
  await ingest(source, { folder: path.join(folder, 'data') });
  dataset = await ShardedDataset.open(path.join(folder, 'data'));
});
afterAll(async () => {
  dataset.close();
  await rm(folder, { recursive: true });
});

/** The targets stand in another order than the model's outputs. */
const specOf = (changes: Partial<RunSpecInput> = {}): RunSpec =>
  runSpecSchema.parse({
    dataset: `ds_${'0'.repeat(32)}`,
    ...{ specVersion: 1, engineVersion: '2.21.0', datasetSha256: '', classCount: null },
    model: { id: null, definition: [{}] },
    inputs: [{ columns: ['u', 'v'] }],
    inputColumns: ['u', 'v'],
    target: {
      outputs: {
        price: { column: 'price', task: 'regression' },
        kind: { column: 'kind', task: 'classification' },
      },
    },
    targetColumns: ['price', 'kind'],
    outputTargets: [
      { output: 'kind', columns: ['kind'], classCount: 3, type: 'categorical' },
      { output: 'price', columns: ['price'], classCount: null, type: 'numeric' },
    ],
    loss: {
      outputs: {
        kind: { loss: 'sparseCategoricalCrossentropy', classWeights: 'balanced' },
        price: { loss: 'mse', weight: PRICE_WEIGHT },
      },
    },
    metrics: { outputs: { kind: ['accuracy'], price: [{ name: 'meanAbsoluteError', label: 'mae' }] } },
    split: { by: 'sequential', train: 0.8, validation: 0.2 },
    ...{ batchSize: 8, epochs: STEPS, optimizer: { name: 'sgd', learningRate: RATE } },
    ...changes,
  });

/** Trains; returns frames, and the last checkpoint's weights as a file. */
async function run(spec: RunSpec): Promise<{ frames: NewFrame[]; weightsFile: string }> {
  const frames: NewFrame[] = [];
  let weightsFile = '';
  await train({
    ...{ engine: engine(), graph, dataset, spec },
    folder: await mkdtemp(path.join(folder, 'run-')),
    onStart: () => undefined,
    onFrame: (frame) => frames.push(frame),
    onCheckpoint: ({ files }) => (weightsFile = files[0]?.file ?? ''),
    shouldStop: () => false,
  });
  return { frames, weightsFile };
}

const seriesOf = (frames: readonly NewFrame[], name: string): number[] =>
  frames.flatMap(({ series, values }) =>
    series.includes(name) ? [values[series.indexOf(name)] ?? NaN] : [],
  );

/** A safetensors file: its metadata, and float32 values by name. */
async function readFileOf(file: string) {
  const bytes = await readFile(file);
  const start = 8 + Number(bytes.readBigUInt64LE(0));
  const { __metadata__: metadata = {}, ...entries } = JSON.parse(
    bytes.subarray(8, start).toString(),
  ) as Record<string, Record<string, unknown>>;
  const read = (name: string): number[] => {
    const [from = 0, to = 0] = entries[name]?.['data_offsets'] as number[];
    return Array.from({ length: (to - from) / 4 }, (_, at) => bytes.readFloatLE(start + from + 4 * at));
  };
  const layer = (name: string): Layer => {
    const [kernel, bias] = [read(`${name}/kernel`), read(`${name}/bias`)];
    const units = bias.length;
    return { kernel: [kernel.slice(0, units), kernel.slice(units)], bias };
  };
  return { metadata: metadata as Record<string, string>, kind: layer('kind'), price: layer('price') };
}

test('losses of each step, metrics and weights are those of the same steps in float64', async () => {
  const { frames, weightsFile } = await run(specOf());
  let layers = { kind: layerOf(3), price: layerOf(1) };
  const told = ['loss', 'kind_loss', 'price_loss'].map((name) => seriesOf(frames, name));
  for (let at = 0; at < STEPS; at++) {
    const { losses, next } = step(layers, rows.slice(0, 8));
    [losses.loss, losses.kind, losses.price].forEach((value, which) => {
      expect(told[which]?.[at]).toBeCloseTo(value, 5);
    });
    layers = next;
  }
  expect(told.map(({ length }) => length)).toEqual([STEPS, STEPS, STEPS]);
  const stored = await readFileOf(weightsFile);
  for (const name of ['kind', 'price'] as const) {
    const values = ({ kernel, bias }: Layer): number[] => [...kernel.flat(), ...bias];
    values(layers[name]).forEach((value, at) => {
      expect(values(stored[name])[at]).toBeCloseTo(value, 5);
    });
  }

  const held = rows.slice(8);
  const validation = step(layers, held).losses;
  expect(seriesOf(frames, 'valLoss').at(-1)).toBeCloseTo(validation.loss, 5);
  expect(seriesOf(frames, 'valKind_loss').at(-1)).toBeCloseTo(validation.kind, 5);
  expect(seriesOf(frames, 'valPrice_loss').at(-1)).toBeCloseTo(validation.price, 5);
  const right = held.filter(([a, b, label]) => {
    const p = apply(layers.kind, [a, b]);
    return p.indexOf(Math.max(...p)) === CLASSES.indexOf(label);
  });
  expect(seriesOf(frames, 'valKind_accuracy').at(-1)).toBeCloseTo(right.length / 2, 6);
  const distances = held.map(([a, b, , wanted]) =>
    Math.abs((apply(layers.price, [a, b])[0] ?? NaN) - wanted),
  );
  expect(seriesOf(frames, 'valPrice_mae').at(-1)).toBeCloseTo(
    ((distances[0] ?? NaN) + (distances[1] ?? NaN)) / 2,
    5,
  );
});

test('predictions are those of each output by the stored weights, in float64', async () => {
  const spec = specOf();
  const { weightsFile } = await run(spec);
  const { metadata, kind, price } = await readFileOf(weightsFile);
  expect(JSON.parse(metadata['outputs'] ?? 'null')).toEqual([
    { name: 'kind', task: 'classification', columns: ['kind'], classes: CLASSES },
    { name: 'price', task: 'regression', columns: ['price'], classes: null },
  ]);
  expect(metadata['classes']).toBeUndefined();

  const predictor = await Predictor.load({ engine: engine(), graph, spec, weightsFile });
  const asked = [[1, -2], { u: 0.5, v: 3, kind: 'a', price: 7 }];
  const { outputs, ...first } = await predictor.predict({ rows: asked, from: null });
  predictor.dispose();
  expect(outputs.map(({ name, values, classes }) => [name, values, classes])).toEqual([
    ['kind', 'probabilities', CLASSES],
    ['price', 'numbers', null],
  ]);
  expect({ name: 'kind', ...first }).toEqual(outputs[0]);
  [
    [1, -2],
    [0.5, 3],
  ].forEach((x, row) => {
    const [classified, numbered] = outputs.map(({ data }) => data[row]);
    const wanted = softmax(apply(kind, x));
    const best = wanted.indexOf(Math.max(...wanted));
    expect(classified?.class).toBe(CLASSES[best]);
    expect(Number(classified?.probability)).toBeCloseTo(wanted[best] ?? NaN, 5);
    wanted.forEach((value, unit) => {
      expect(Number(classified?.values[unit])).toBeCloseTo(value, 5);
    });
    expect(numbered).toMatchObject({ class: null, probability: null });
    expect(Number(numbered?.values[0])).toBeCloseTo(apply(price, x)[0] ?? NaN, 5);
  });
});

test('classes as vectors learn the same as indexes, and given factors the same as balanced ones', async () => {
  const losses = async (changes: Partial<RunSpecInput>): Promise<number[]> =>
    seriesOf((await run(specOf(changes))).frames, 'loss');
  const oneHot = {
    outputs: {
      kind: { loss: 'categoricalCrossentropy', classWeights: BALANCED },
      price: { loss: 'mse', weight: PRICE_WEIGHT },
    },
  };
  const [indexes, vectors] = [await losses({}), await losses({ loss: oneHot })];
  expect(vectors).toHaveLength(STEPS);
  vectors.forEach((loss, at) => {
    expect(loss).toBeCloseTo(indexes[at] ?? NaN, 5);
  });
});

test('another number of classes than the check counted is told of its target', async () => {
  const outputTargets = specOf().outputTargets?.map((one) => ({
    ...one,
    classCount: one.classCount && 4,
  }));
  await expect(run(specOf(outputTargets ? { outputTargets } : {}))).rejects.toMatchObject({
    code: 'DATASET_UNREADABLE',
    detail: expect.stringContaining('"kind" has 3 classes'),
  });
});
