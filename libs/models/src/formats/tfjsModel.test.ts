// Models with weights as TensorFlow.js loads them, strictly: every weight has a place, and every place a weight.

import { beforeAll, describe, expect, test } from '@jest/globals';
import { env, loadLayersModel, type io } from '@tensorflow/tfjs';
import type { ModelGraph } from '../graph/graph.js';
import type { TensorInfo } from '../safetensors/dtypes.js';
import { graphOf, writtenModels } from '../testing/formats.js';
import { toTfjsModel } from './export/toTfjsModel.js';

beforeAll(() => {
  env().set('IS_NODE', false); // It would advertise its native package.
});

const tensorsOf = ({ layers }: ModelGraph): TensorInfo[] =>
  layers.flatMap((layer) =>
    layer.weights.map(({ name, shape }) => ({ name: `${layer.name}/${name}`, dtype: 'F32', shape })),
  );

const elements = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Loads a model whose weights are 0, 1, 2, … in their order. */
async function load(graph: ModelGraph): Promise<{ numbers: number[][]; shapes: number[][] }> {
  const tensors = tensorsOf(graph);
  const exported = toTfjsModel(graph, tensors);
  if (!exported.ok) throw new Error(JSON.stringify(exported.problems));
  const count = tensors.reduce((sum, { shape }) => sum + elements(shape), 0);
  const { modelTopology, weightsManifest } = JSON.parse(JSON.stringify(exported.modelJson)) as io.ModelJSON;
  const weightSpecs = weightsManifest.flatMap(({ weights }) => weights);
  const weightData = Float32Array.from({ length: count }, (_, at) => at).buffer;
  const loaded = await loadLayersModel({
    load: () => Promise.resolve({ modelTopology, weightSpecs, weightData }),
  });
  const weights = loaded.layers.flatMap((layer) => layer.getWeights());
  const numbers = weights.map((weight) => [...weight.dataSync()]);
  const shapes = weights.map(({ shape }) => shape);
  loaded.dispose();
  return { numbers, shapes };
}

const definitions: [string, unknown][] = [
  ...writtenModels('keras3-')
    .filter(({ name }) =>
      ['sequential', 'branches', 'merged', 'shared', 'nested'].some((one) => name.endsWith(one)),
    )
    .map(({ name, definition }): [string, unknown] => [name, definition]),
  ['LSTM', [{ type: 'lstm', units: 3, input: [5, 2] }]],
  ['SimpleRNN', [{ type: 'simpleRNN', units: 3, input: [5, 2] }]],
  ['GRU', [{ type: 'gru', units: 3, resetAfter: false, input: [5, 2] }]],
  [
    'TimeDistributed',
    [{ type: 'timeDistributed', layer: { class_name: 'Dense', config: { units: 3 } }, input: [5, 2] }],
  ],
  [
    'Bidirectional',
    [{ type: 'bidirectional', layer: { class_name: 'LSTM', config: { units: 2 } }, input: [5, 3] }],
  ],
  ['Embedding', [{ type: 'embedding', inputDim: 7, outputDim: 3, input: [5] }]],
  ['SeparableConv2D', [{ type: 'separableConv2d', filters: 2, kernelSize: 3, input: [8, 8, 3] }]],
  ['BatchNormalization', [{ type: 'dense', units: 4, input: [3] }, { type: 'batchNormalization' }]],
  ['PReLU', [{ type: 'dense', units: 4, input: [3] }, { type: 'prelu' }]],
];

describe('loaded by TensorFlow.js', () => {
  test.each(definitions)('%s', async (_, definition) => {
    const graph = graphOf(definition);
    const { numbers, shapes } = await load(graph);
    // Layers may come in another order there; each weight is a run of numbers that says which one it is.
    let from = 0;
    const expected = tensorsOf(graph).map(({ shape }) => {
      const run = Array.from({ length: elements(shape) }, (_unused, at) => from + at);
      from += run.length;
      return { run, shape };
    });
    const byFirst = (a: { run: number[] }, b: { run: number[] }): number => (a.run[0] ?? 0) - (b.run[0] ?? 0);
    const found = numbers.map((run, at) => ({ run, shape: shapes[at] }));
    expect(found.sort(byFirst)).toEqual(expected.sort(byFirst));
  });

  test('what it would call by the same name, and other tensors, are refused', () => {
    const part = [{ type: 'dense', name: 'd', units: 2 }];
    const twice = graphOf([
      { type: 'model', name: 'a', model: [{ ...part[0], input: [2] }], input: [2] },
      { type: 'model', name: 'b', model: part },
    ]);
    expect(toTfjsModel(twice, tensorsOf(twice))).toMatchObject({
      ok: false,
      problems: [{ code: 'notInTfjs', message: expect.stringContaining('d/kernel') }],
    });
    const graph = graphOf([{ type: 'dense', units: 2, input: [2] }]);
    const half = tensorsOf(graph).map((tensor) => ({ ...tensor, dtype: 'F16' as const }));
    expect(toTfjsModel(graph, half).ok).toBe(false);
  });
});
