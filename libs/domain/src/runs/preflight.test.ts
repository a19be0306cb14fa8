import { expect, test } from '@jest/globals';
import { createRunSchema } from '@gradstream/contracts';
import { parseModel } from '@gradstream/models';
import { preflight, type RunModel } from './preflight.js';

const ID = `mdl_${'0'.repeat(32)}`;

/** A model of the shorthand; with an id where it is stored. */
function modelOf(layers: object[], id: string | null = null): RunModel {
  const parsed = parseModel(layers);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return { graph: parsed.graph, id };
}

const specOf = (more: object) =>
  createRunSchema.parse({
    dataset: `ds_${'0'.repeat(32)}`,
    model: [],
    inputs: [{ all: true }],
    target: { column: 'y', task: 'regression' },
    loss: 'meanSquaredError',
    ...more,
  });

const dense = { type: 'dense', units: 1, input: [4] };
const placesOf = (items: readonly { pointer?: string | undefined; code: string }[]): string[] =>
  items.map(({ pointer, code }) => `${pointer ?? ''} ${code}`);

test('what is wrong with the structure of a model is a problem, or a warning, with its place', () => {
  const frozen = [{ ...dense, trainable: false }];
  expect(placesOf(preflight(specOf({}), modelOf(frozen), null, null).problems)).toEqual([
    '/model everythingFrozen',
  ]);
  const dropping = [dense, { type: 'dropout', rate: 0.5 }];
  const inline = preflight(specOf({}), modelOf(dropping), null, null);
  expect(inline.problems).toEqual([]);
  expect(placesOf(inline.warnings)).toEqual(['/model/1 dropoutAtOutput']);
  const stored = preflight(specOf({}), modelOf(dropping, ID), null, null);
  expect(placesOf(stored.warnings)).toEqual(['/model dropoutAtOutput']);
});

test('the size of a batch counts', () => {
  const normalized = modelOf([
    { type: 'batchNormalization', input: [4] },
    { type: 'dense', units: 1 },
  ]);
  expect(placesOf(preflight(specOf({ batchSize: 1 }), normalized, null, null).problems)).toEqual([
    '/model/0 normalizationOfOne',
  ]);
  expect(preflight(specOf({ batchSize: 2 }), normalized, null, null).problems).toEqual([]);
});

test('the outputs of a model with the loss: warnings, too', () => {
  const bounded = modelOf([{ ...dense, activation: 'relu' }]);
  const { problems, warnings } = preflight(specOf({}), bounded, null, null);
  expect([problems, placesOf(warnings)]).toEqual([[], ['/model boundedRegression']]);
});

test('memory is that of the optimizer and the batch, up to the limit', () => {
  // 5 weights; inputs of 10 rows with 4 values; all float32.
  const model = modelOf([dense]);
  const memoryOf = (optimizer: unknown) =>
    preflight(specOf({ batchSize: 10, optimizer }), model, null, null).memory;
  expect(memoryOf('adam')).toMatchObject({ weights: 20, slots: 40, inputs: 160, gradients: 20 });
  expect(memoryOf('sgd')).toMatchObject({ slots: 0 });
  expect(memoryOf({ name: 'sgd', momentum: 0.9 })).toMatchObject({ slots: 20 });
  const wide = modelOf([
    { ...dense, units: 2 ** 18 },
    { type: 'dense', units: 1 },
  ]);
  // 4 · 2¹⁸ kernel, 2¹⁸ bias, 2¹⁸ kernel, 1 bias: 4 · (6 · 2¹⁸ + 1) bytes, with Adam's slots three times that.
  const spec = specOf({ batchSize: 1 });
  const total = preflight(spec, wide, null, null).memory?.total ?? 0;
  expect(total).toBeGreaterThan(3 * 4 * (6 * 2 ** 18 + 1));
  expect(preflight(spec, wide, null, total).problems).toEqual([]);
  const [refused, ...others] = preflight(spec, wide, null, total - 1).problems;
  expect(refused).toMatchObject({ pointer: '/batchSize', code: 'memoryLimit' });
  expect(refused?.message).toContain('MiB');
  expect(others).toEqual([]);
  expect(preflight(spec, null, null, 1)).toMatchObject({ problems: [], memory: null });
});

test('activations: auto becomes blocks where the estimate without them is above the limit', () => {
  const units = { type: 'dense', units: 64, activation: 'tanh' };
  const deep = modelOf([
    { ...units, input: [64] },
    ...Array.from({ length: 12 }, () => units),
    { type: 'dense', units: 1 },
  ]);
  const given = (activations: string, limit: number | null) =>
    preflight(specOf({ batchSize: 4096, checkpointing: { activations } }), deep, null, limit);
  const [kept, again] = (['none', 'blocks'] as const).map((way) => given(way, null).memory?.total ?? 0);
  if (kept === undefined || again === undefined) throw new Error('both are estimated');
  expect(again).toBeLessThan(kept);
  const resolved = (limit: number | null) => {
    const { checkpointing, memory, problems } = given('auto', limit);
    return [checkpointing.activations, memory?.total, problems.length];
  };
  expect(resolved(null)).toEqual(['none', kept, 0]);
  expect(resolved(kept)).toEqual(['none', kept, 0]);
  expect(resolved(kept - 1)).toEqual(['blocks', again, 0]);
  expect(resolved(again - 1)).toEqual(['blocks', again, 1]);
});
