// Metrics of classes against plain float64 arithmetic over all samples at once.

import { describe, expect, jest, test } from '@jest/globals';
import { useEngine } from '../testing/engine.js';
import {
  argMax,
  expectClose,
  feed,
  mean,
  measure,
  metricsOf,
  pairwise,
  rowsOf,
  softmax,
  sum,
  wave,
  type Batch,
  type Setup,
} from './testing.js';

jest.setTimeout(60_000);

const engine = useEngine();

describe('classes', () => {
  const labels = [0, 2, 1, 2, 2, 0, 1, 2, 0, 0, 2, 1];
  const logits = wave(36, 1);
  const weights = [1, 0.5, 2, 0, 1, 3, 1, 0.25, 1, 1, 2, 1];
  const mask = [1, 1, 0, 1, 1, 1, 1, 0, 1, 1, 1, 1];
  const setup: Setup = {
    loss: 'sparseCategoricalCrossentropy',
    fused: true,
    shape: [3],
    metrics: [
      'accuracy',
      { name: 'sparseTopKCategoricalAccuracy', k: 2 },
      ...['none', 'micro', 'macro', 'weighted'].flatMap((average) =>
        ['precision', 'recall', 'f1'].map((name) => ({ name, average, label: `${name}_${average}` })),
      ),
      { name: 'precision', average: 'none', threshold: 0.3, label: 'precisionAbove' },
      'confusionMatrix',
      { name: 'rocAuc', average: 'none', label: 'rocEach' },
      'rocAuc',
      { name: 'rocAuc', average: 'micro', label: 'rocMicro' },
      'prAuc',
      'perplexity',
      'sparseCategoricalCrossentropy',
    ],
  };
  const batch = (from: number, to: number, isWeighted: boolean): Batch => ({
    target: { values: labels.slice(from, to), shape: [to - from], isIndex: true },
    output: { values: logits.slice(3 * from, 3 * to), shape: [to - from, 3] },
    ...(isWeighted ? { sampleWeights: weights.slice(from, to), mask: mask.slice(from, to) } : {}),
  });

  test.each([
    ['captured', false],
    ['captured', true],
    ['eager', true],
    ['xla', true],
  ] as const)('over two batches of different sizes, %s; weights and masks %s', (executor, isWeighted) => {
    const found = measure(engine(), setup, [batch(0, 7, isWeighted), batch(7, 12, isWeighted)], executor);
    const w = labels.map((_, i) => (isWeighted ? (weights[i] ?? 0) * (mask[i] ?? 0) : 1));
    const rows = rowsOf(logits, 3);
    const probabilities = rows.map(softmax);
    const weighted = (values: readonly number[]): number =>
      sum(values.map((value, i) => value * (w[i] ?? 0)));
    const share = (is: (i: number) => boolean): number =>
      weighted(labels.map((_, i) => Number(is(i)))) / sum(w);
    const predicted = rows.map(argMax);
    const p = (i: number, label: number): number => probabilities[i]?.[label] ?? Number.NaN;

    expectClose(
      found['accuracy'],
      share((i) => predicted[i] === labels[i]),
    );
    const rank = (i: number): number =>
      rows[i]?.filter((logit) => logit > (rows[i]?.[labels[i] ?? 0] ?? 0)).length ?? 9;
    expectClose(
      found['sparseTopKCategoricalAccuracy'],
      share((i) => rank(i) < 2),
    );
    const matrix = [0, 1, 2].map((actual) =>
      [0, 1, 2].map((guess) =>
        weighted(labels.map((label, i) => Number(label === actual && predicted[i] === guess))),
      ),
    );
    expectClose(found['confusionMatrix'], matrix);

    const at = (row: number, column: number): number => matrix[row]?.[column] ?? 0;
    const right = [0, 1, 2].map((label) => at(label, label));
    const guessed = [0, 1, 2].map((label) => at(0, label) + at(1, label) + at(2, label));
    const actual = [0, 1, 2].map((label) => at(label, 0) + at(label, 1) + at(label, 2));
    const precision = right.map((hits, label) => (guessed[label] === 0 ? 0 : hits / (guessed[label] ?? 0)));
    const recall = right.map((hits, label) => hits / (actual[label] ?? 0));
    const f1 = precision.map((value, label) => {
      const other = recall[label] ?? 0;
      return value + other === 0 ? 0 : (2 * value * other) / (value + other);
    });
    for (const [name, each] of Object.entries({ precision, recall, f1 })) {
      expectClose(found[`${name}_none`], each);
      expectClose(found[`${name}_macro`], mean(each));
      expectClose(
        found[`${name}_weighted`],
        sum(each.map((value, label) => value * (actual[label] ?? 0))) / sum(w),
      );
      expectClose(found[`${name}_micro`], sum(right) / sum(w));
    }
    const above = [0, 1, 2].map((label) => {
      const chosen = labels.map((_, i) => Number(p(i, label) > 0.3));
      return weighted(chosen.map((one, i) => one * Number(labels[i] === label))) / weighted(chosen);
    });
    expectClose(found['precisionAbove'], above);

    const roc = [0, 1, 2].map((label) =>
      pairwise(
        labels.map((_, i) => p(i, label)),
        labels.map((one) => one === label),
        w,
      ),
    );
    expectClose(found['rocEach'], roc);
    expectClose(found['rocAuc'], mean(roc));
    const micro = pairwise(
      probabilities.flat(),
      labels.flatMap((label) => [0, 1, 2].map((other) => other === label)),
      w.flatMap((weight) => [weight, weight, weight]),
    );
    expectClose(found['rocMicro'], micro);
    const crossentropy = weighted(labels.map((label, i) => -Math.log(p(i, label)))) / sum(w);
    expectClose(found['sparseCategoricalCrossentropy'], crossentropy);
    expectClose(found['perplexity'], Math.exp(crossentropy));
    if (!isWeighted) expectClose(found['loss'], crossentropy);
  });

  test('a state of the middle of an epoch goes on to the same results', () => {
    const whole = metricsOf(engine(), { out: setup });
    feed(engine(), whole, { out: setup }, [{ out: batch(0, 7, true) }]);
    const resumed = metricsOf(engine(), { out: setup });
    resumed.restore(JSON.parse(JSON.stringify(whole.state())));
    for (const metrics of [whole, resumed])
      feed(engine(), metrics, { out: setup }, [{ out: batch(7, 12, true) }]);
    expect(resumed.results()).toEqual(whole.results());
    whole.reset();
    expect(whole.results()['accuracy']?.value).toBeNaN();
    expect(() => {
      resumed.restore([]);
    }).toThrow(/saved state/);
    expect(() => {
      resumed.add(new Float32Array(3), 7);
    }).toThrow(/numbers for metrics, not 3/);
  });

  test('one-hot targets, positions, a class dimension that is not the last, and distributions', () => {
    // [batch, classes, positions] of 2 × 3 × 2, as rows of classes: sample 0 position 0, …
    const rows = rowsOf(wave(12, 4), 3).map(softmax);
    const classes = [2, 0, 1, 1];
    const transposed = (of: (row: number, label: number) => number): number[] =>
      [0, 1].flatMap((one) =>
        [0, 1, 2].flatMap((label) => [0, 1].map((position) => of(2 * one + position, label))),
      );
    const found = measure(
      engine(),
      {
        loss: { name: 'categoricalCrossentropy', axis: 1 },
        shape: [3, 2],
        metrics: [
          'accuracy',
          'categoricalAccuracy',
          { name: 'topKCategoricalAccuracy', k: 3 },
          'recall',
          'perplexity',
        ],
      },
      [
        {
          target: { values: transposed((row, label) => Number(classes[row] === label)), shape: [2, 3, 2] },
          output: { values: transposed((row, label) => rows[row]?.[label] ?? 0), shape: [2, 3, 2] },
        },
      ],
    );
    const right = rows.map((row, i) => Number(argMax(row) === classes[i]));
    expectClose([found['accuracy'], found['categoricalAccuracy']], [mean(right), mean(right)]);
    expect(found['topKCategoricalAccuracy']).toBe(1);
    expectClose(
      found['recall'],
      mean([right[1] ?? 0, ((right[2] ?? 0) + (right[3] ?? 0)) / 2, right[0] ?? 0]),
    );
    expectClose(
      found['perplexity'],
      Math.exp(-mean(rows.map((row, i) => Math.log(row[classes[i] ?? 0] ?? 0)))),
    );
  });

  test('labels that the loss ignores count nowhere', () => {
    const found = measure(
      engine(),
      {
        loss: { name: 'sparseCategoricalCrossentropy', ignoreClass: -1, fromLogits: true },
        shape: [2, 2],
        metrics: ['accuracy', 'confusionMatrix', 'rocAuc', 'perplexity'],
      },
      [
        {
          target: { values: [0, -1, 1, 1], shape: [2, 2], isIndex: true },
          output: { values: [2, 1, 9, 0, 0, 1, 3, 0], shape: [2, 2, 2] },
        },
      ],
    );
    expectClose(found['accuracy'], 2 / 3);
    expect(found['confusionMatrix']).toEqual([
      [1, 0],
      [1, 1],
    ]);
    expectClose(found['rocAuc'], 0.5);
    const losses = [1, 1, -3].map((margin) => Math.log(1 + Math.exp(-margin)));
    expectClose([found['perplexity'], found['loss']], [Math.exp(mean(losses)), mean(losses)]);
  });
});
