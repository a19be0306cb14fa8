// A checkpoint's file served by TensorFlow, beside the same forward pass in plain float64.

import { describe, expect, test } from '@jest/globals';
import { lossSettingsSchema } from '@gradstream/contracts';
import { parseModel, tensorSource } from '@gradstream/models';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeTensors } from '../checkpoint/tensorWriter.js';
import { useEngine } from '../testing/engine.js';
import { Predictor } from './predictor.js';

const engine = useEngine();

/** A number in [-1, 1) for each place. */
const spread = (at: number): number => ((at * 7919) % 1000) / 500 - 1;
const values = (count: number, from: number): Float32Array =>
  Float32Array.from({ length: count }, (_, at) => spread(at + from));

const tensors = {
  'hidden/kernel': { shape: [2, 5], values: values(10, 1) },
  'hidden/bias': { shape: [5], values: values(5, 50) },
  'out/kernel': { shape: [5, 3], values: values(15, 90) },
  'out/bias': { shape: [3], values: values(3, 140) },
};
/** The metadata of columns of numbers, each with its offset and factor. */
const usageOf = (columns: readonly (readonly [column: string, offset: number, factor: number])[]) => ({
  classes: '["x","y","z"]',
  preprocessing: JSON.stringify({
    version: 1,
    inputs: [
      {
        dtype: 'float32',
        shape: [columns.length],
        features: columns.map(([column, offset, factor]) => ({
          ...{ kind: 'numeric', column, type: 'numeric', fill: null, dropped: false, offset, factor },
        })),
      },
    ],
    targets: [],
  }),
});
const usage = usageOf([
  ['a', 1, 0.5],
  ['b', 2, 0.25],
]);

function graph() {
  const parsed = parseModel([
    { type: 'dense', name: 'hidden', units: 5, activation: 'tanh', input: [2] },
    { type: 'dense', name: 'out', units: 3, activation: 'softmax' },
  ]);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.graph;
}

async function weightsFile(changed: Partial<typeof tensors> = {}, metadata = usage): Promise<string> {
  const file = path.join(await mkdtemp(path.join(tmpdir(), 'gradstream-predictor-')), 'model.safetensors');
  const all = Object.entries({ ...tensors, ...changed });
  await writeTensors(
    file,
    all.map(([name, one]) => tensorSource(name, one.shape, one.values)),
    metadata,
  );
  return file;
}

const load = (file: string): Promise<Predictor> =>
  Predictor.load({
    engine: engine(),
    graph: graph(),
    spec: {
      target: { column: 'label', task: 'classification', missing: 'refuse' },
      targetColumns: ['label'],
      loss: lossSettingsSchema.parse('sparseCategoricalCrossentropy'),
    },
    weightsFile: file,
  });

/** x · kernel + bias, in float64. */
function dense(x: readonly number[], layer: 'hidden' | 'out'): number[] {
  const [kernel, bias] = [tensors[`${layer}/kernel`].values, tensors[`${layer}/bias`].values];
  return Array.from(bias, (b, unit) =>
    x.reduce((sum, value, at) => sum + value * (kernel[at * bias.length + unit] ?? NaN), b),
  );
}

function expected([a, b]: readonly [number, number]): number[] {
  const powers = dense(dense([(a - 1) * 0.5, (b - 2) * 0.25], 'hidden').map(Math.tanh), 'out').map(Math.exp);
  return powers.map((power) => power / powers.reduce((x, y) => x + y, 0));
}

describe('predictions', () => {
  test.each([1, 3, 256, 700])('of %i rows are those of the same forward pass in float64', async (count) => {
    const rows = Array.from({ length: count }, (_, at) => [4 * spread(at), 9 * spread(3 * at)] as const);
    const predictor = await load(await weightsFile());
    const {
      data,
      values: meaning,
      classes,
    } = await predictor.predict({
      rows: rows.map(([a, b]) => [a, b]),
      from: null,
    });
    predictor.dispose();
    expect({ meaning, classes }).toEqual({ meaning: 'probabilities', classes: ['x', 'y', 'z'] });
    expect(data).toHaveLength(count);
    data.forEach((one, at) => {
      const wanted = expected(rows[at] ?? [NaN, NaN]);
      one.values.forEach((value, unit) => {
        expect(Math.abs(Number(value) - (wanted[unit] ?? NaN))).toBeLessThan(1e-6);
      });
      expect(one.class).toBe(['x', 'y', 'z'][wanted.indexOf(Math.max(...wanted))]);
    });
  });

  test('the same predictor answers again, and after a row that it refused', async () => {
    const predictor = await load(await weightsFile());
    const ask = () => predictor.predict({ rows: [{ a: 3, b: 4, label: 'x' }], from: null });
    const first = await ask();
    await expect(predictor.predict({ rows: [{ a: 3 }], from: null })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
    });
    expect(await ask()).toEqual(first);
    predictor.dispose();
  });
});

describe('files that are not the network’s', () => {
  test('tensors of another shape, and bytes of something else', async () => {
    const other = await weightsFile({ 'out/bias': { shape: [4], values: values(4, 0) } });
    const broken = await weightsFile();
    await writeFile(broken, 'weights of step 2');
    for (const file of [other, broken])
      await expect(load(file)).rejects.toMatchObject({ code: 'CHECKPOINT_INVALID' });
  });

  test('columns that do not fill its inputs', async () => {
    const predictor = await load(await weightsFile({}, usageOf([['a', 0, 1]])));
    await expect(predictor.predict({ rows: [[1]], from: null })).rejects.toMatchObject({
      code: 'CHECKPOINT_INVALID',
    });
    predictor.dispose();
  });
});
