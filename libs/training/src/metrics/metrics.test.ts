// Metrics of units and numbers, and of several outputs, against plain float64 arithmetic.

import { describe, expect, jest, test } from '@jest/globals';
import { useEngine } from '../testing/engine.js';
import { seriesOf } from './index.js';
import {
  expectClose,
  feed,
  mean,
  measure,
  metricsOf,
  pairwise,
  rowsOf,
  sum,
  wave,
  type Batch,
  type Setup,
} from './testing.js';

jest.setTimeout(60_000);

const engine = useEngine();

describe('units that say yes or no', () => {
  const logits = [1.2, -0.4, -0.3, 2, 0.7, 1.1, -1.5, -0.2];
  const truths = [1, 0, 0, 1, 1, 1, 0, 0];
  const metrics = [
    'accuracy',
    { name: 'binaryAccuracy', threshold: 0.7 },
    { name: 'precision', average: 'none' },
    { name: 'recall', average: 'micro', threshold: 0.7 },
    { name: 'rocAuc', average: 'none' },
    'binaryCrossentropy',
    'meanAbsoluteError',
  ];
  const sigmoid = logits.map((logit) => 1 / (1 + Math.exp(-logit)));

  test.each([true, false])('two units; fused with the sigmoid %s', (fused) => {
    const output = fused ? logits : sigmoid;
    const found = measure(engine(), { loss: 'binaryCrossentropy', fused, shape: [2], metrics }, [
      { target: { values: truths, shape: [4, 2] }, output: { values: output, shape: [4, 2] } },
    ]);
    const isRight = (threshold: number): number =>
      mean(sigmoid.map((p, i) => Number(Number(p > threshold) === truths[i])));
    expectClose([found['accuracy'], found['binaryAccuracy']], [isRight(0.5), isRight(0.7)]);
    const unit = (values: readonly number[], at: number): number[] => values.filter((_, i) => i % 2 === at);
    const precision = [0, 1].map((at) => {
      const chosen = unit(sigmoid, at).map((p) => Number(p > 0.5));
      return sum(chosen.map((one, i) => one * (unit(truths, at)[i] ?? 0))) / sum(chosen);
    });
    expectClose(found['precision'], precision);
    const hits = sigmoid.filter((p, i) => p > 0.7 && truths[i] === 1).length;
    expectClose(found['recall'], hits / sum(truths));
    const ones = [1, 1, 1, 1];
    const roc = [0, 1].map((at) => pairwise(unit(logits, at), unit(truths, at).map(Boolean), ones));
    expectClose(found['rocAuc'], roc);
    const crossentropy = mean(sigmoid.map((p, i) => -Math.log(truths[i] === 1 ? p : 1 - p)));
    expectClose([found['binaryCrossentropy'], found['loss']], [crossentropy, crossentropy]);
    expectClose(found['meanAbsoluteError'], mean(sigmoid.map((p, i) => Math.abs(p - (truths[i] ?? 0)))));
  });

  test('one unit has a confusion matrix of no and yes; targets of a hinge loss are signs', () => {
    const single = (loss: string, target: number[], output: number[]) =>
      measure(engine(), { loss, shape: [1], metrics: ['accuracy', 'confusionMatrix', 'f1'] }, [
        { target: { values: target, shape: [4] }, output: { values: output, shape: [4, 1] } },
      ]);
    const expected = {
      accuracy: 0.5,
      confusionMatrix: [
        [1, 1],
        [1, 1],
      ],
      f1: 0.5,
    };
    expect(single('hinge', [1, -1, 1, -1], [0.2, 0.1, -0.1, -2])).toMatchObject(expected);
    expect(single('binaryCrossentropy', [1, 0, 1, 0], [0.6, 0.9, 0.4, 0.2])).toMatchObject(expected);
    expect(single('mse', [1, 0, 1, 0], [0.6, 0.9, 0.4, 0.2])).toMatchObject(expected);
  });

  test('several units have no confusion matrix, nor have too many classes', () => {
    const many = { loss: 'sparseCategoricalCrossentropy', shape: [1001], metrics: ['confusionMatrix'] };
    expect(() => metricsOf(engine(), { many })).toThrow(/1001 classes/);
    const setup = { loss: 'binaryCrossentropy', shape: [2], metrics: ['confusionMatrix'] };
    const batch = {
      target: { values: [1, 0], shape: [1, 2] },
      output: { values: [0.5, 0.5], shape: [1, 2] },
    };
    expect(() => measure(engine(), setup, [batch])).toThrow(/confusionMatrix needs one class/);
  });
});

describe('numbers', () => {
  test('errors, R² and similarities over two batches with weights', () => {
    const targets = wave(12, 5).map((value) => Math.fround(value + 100));
    const outputs = targets.map((value, i) => Math.fround(value + 0.3 * Math.cos(i)));
    const weights = [1, 2, 0.5, 0, 1, 3];
    const names = [
      'meanAbsoluteError',
      'meanSquaredError',
      'rootMeanSquaredError',
      'cosineSimilarity',
      'logCosh',
    ];
    const setup: Setup = {
      loss: 'mse',
      shape: [2],
      metrics: [...names, 'r2', { name: 'r2', aggregation: 'none', label: 'r2Each' }],
    };
    const batch = (from: number, to: number): Batch => ({
      target: { values: targets.slice(2 * from, 2 * to), shape: [to - from, 2] },
      output: { values: outputs.slice(2 * from, 2 * to), shape: [to - from, 2] },
      sampleWeights: weights.slice(from, to),
    });
    const found = measure(engine(), setup, [batch(0, 4), batch(4, 6)]);
    const w = weights.flatMap((weight) => [weight, weight]);
    const weighted = (of: (error: number) => number): number =>
      sum(targets.map((target, i) => (w[i] ?? 0) * of((outputs[i] ?? 0) - target))) / sum(w);
    const squared = weighted((error) => error ** 2);
    expectClose(found['meanAbsoluteError'], weighted(Math.abs));
    expectClose([found['meanSquaredError'], found['rootMeanSquaredError']], [squared, Math.sqrt(squared)]);
    expectClose(
      found['logCosh'],
      weighted((error) => Math.log(Math.cosh(error))),
    );
    const cosines = rowsOf(targets, 2).map((row, i) => {
      const other = rowsOf(outputs, 2)[i] ?? [];
      return (
        sum(row.map((value, at) => value * (other[at] ?? 0))) / (Math.hypot(...row) * Math.hypot(...other))
      );
    });
    expectClose(
      found['cosineSimilarity'],
      sum(cosines.map((value, i) => value * (weights[i] ?? 0))) / sum(weights),
    );
    const r2 = [0, 1].map((unit) => {
      const column = (values: readonly number[]): number[] => values.filter((_, i) => i % 2 === unit);
      const [t, y] = [column(targets), column(outputs)];
      const center = sum(t.map((value, i) => value * (weights[i] ?? 0))) / sum(weights);
      const squares = sum(t.map((value, i) => (weights[i] ?? 0) * (value - center) ** 2));
      return 1 - sum(t.map((value, i) => (weights[i] ?? 0) * (value - (y[i] ?? 0)) ** 2)) / squares;
    });
    expectClose(found['r2Each'], r2, 4);
    expectClose(found['r2'], mean(r2), 4);
  });
});

describe('several outputs', () => {
  test('results have the name of their output; curves beyond their bound say so', () => {
    const setups: Record<string, Setup> = {
      price: { loss: 'mse', shape: [1], metrics: ['meanSquaredError'] },
      kind: {
        loss: 'binaryCrossentropy',
        shape: [1],
        metrics: [{ name: 'prAuc', maxSamples: 2 }, { name: 'recall', average: 'none' }, 'rocAuc'],
      },
    };
    const metrics = metricsOf(engine(), setups);
    const price = { target: { values: [1, 2, 3], shape: [3] }, output: { values: [1, 2, 6], shape: [3, 1] } };
    const kind = {
      target: { values: [1, 0, 1], shape: [3] },
      output: { values: [0.9, 0.2, 0.6], shape: [3, 1] },
    };
    feed(engine(), metrics, setups, [{ price, kind }]);
    const results = metrics.results();
    const crossentropy = -mean([0.9, 0.8, 0.6].map(Math.log));
    expectClose(results['loss']?.value, 3 + crossentropy);
    expectClose([results['price_loss']?.value, results['kind_loss']?.value], [3, crossentropy]);
    expectClose(results['price_meanSquaredError']?.value, 3);
    expect(results['kind_prAuc']).toEqual({ value: 1, isExact: false });
    expect(results['kind_rocAuc']).toEqual({ value: 1, isExact: true });
    expect(Object.keys(seriesOf(results))).toEqual([
      'loss',
      'price_loss',
      'price_meanSquaredError',
      'kind_loss',
      'kind_prAuc',
      'kind_recall/0',
      'kind_rocAuc',
    ]);
  });
});
