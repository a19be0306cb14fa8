// Every loss against Keras 3.15: values of each reduction, gradients, sample weights; op by op and captured.

import { expect, jest, test } from '@jest/globals';
import { lossSettingsSchema } from '@gradstream/contracts';
import type { Scalar, Tensor } from '@gradstream/engine';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { useEngine } from '../testing/engine.js';
import { createLossFunction } from './index.js';

jest.setTimeout(60_000);

type Nested = number | Nested[];
interface Expected {
  readonly value: Nested;
  readonly gradient?: Nested;
}
interface GoldenCase {
  readonly config: Record<string, unknown>;
  readonly y_true: Nested[];
  readonly y_pred: Nested[];
  readonly reductions: Record<'sum_over_batch_size' | 'sum' | 'none', Expected>;
  readonly sample_weight?: Expected & { readonly weights: number[] };
}
interface GoldenFile {
  readonly class: string;
  readonly cases: GoldenCase[];
  readonly rtol: number;
  readonly atol: number;
}

const folder = path.resolve(import.meta.dirname, '../testing/golden/losses');
const engine = useEngine();

/** Keras's name of an option or a class as ours: label_smoothing → labelSmoothing, KLDivergence → klDivergence. */
const camelCase = (name: string): string =>
  name
    .replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
    .replace(/^[A-Z]+(?=[A-Z][a-z]|$)|^[A-Z]/, (start) => start.toLowerCase());

const files = readdirSync(folder).map((name) => ({
  name,
  content: JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as GoldenFile,
}));
const cases = files.flatMap(({ content }) =>
  content.cases.map((golden) => {
    const options = Object.entries(golden.config).map(([key, value]) => [camelCase(key), value]);
    const given = { name: camelCase(content.class), ...Object.fromEntries(options) } as object;
    return { label: JSON.stringify(given), given, golden, tolerance: content };
  }),
);

const flat = (values: Nested): number[] => (Array.isArray(values) ? values.flatMap(flat) : [values]);

/** The tensors of a case: target, output, weights. Class indexes are the targets of the losses that take them. */
function tensorsOf({ class: name }: GoldenFile, golden: GoldenCase): Tensor[] {
  const isSparse = /^Sparse|Generalized|^Circle|^CTC/.test(name);
  const { tf } = engine();
  const shape = (values: Nested): number[] =>
    Array.isArray(values) ? [values.length, ...shape(values[0] ?? [])] : [];
  return [
    tf.tensor(flat(golden.y_true), shape(golden.y_true), isSparse ? 'int32' : 'float32'),
    tf.tensor(flat(golden.y_pred), shape(golden.y_pred)),
    ...(golden.sample_weight ? [tf.tensor1d(golden.sample_weight.weights)] : []),
  ];
}

/** What a case says, in the order of what `computed` returns. */
function expectedOf({ reductions, sample_weight: weighted }: GoldenCase): number[][] {
  const { sum_over_batch_size: mean, sum, none } = reductions;
  const pairs = [mean, sum, ...(weighted ? [weighted] : [])];
  return [...pairs.flatMap(({ value, gradient = [] }) => [flat(value), flat(gradient)]), flat(none.value)];
}

/** The same of ours, as a step. */
function stepOf(given: object): (...inputs: (Tensor | undefined)[]) => Tensor[] {
  const loss = (reduction: string) =>
    createLossFunction(engine(), lossSettingsSchema.parse({ ...given, reduction }));
  return (target, output, weights) => {
    if (!target || !output) throw new Error('a case has a target and an output');
    const valueAndGradient = (reduction: string, sampleWeights: Tensor | null): Tensor[] => {
      const value = (y: Tensor): Scalar => loss(reduction).value(target, y, { sampleWeights });
      const result = engine().tf.valueAndGrad(value)(output);
      return [result.value, result.grad];
    };
    return [
      ...valueAndGradient('sumOverBatchSize', null),
      ...valueAndGradient('sum', null),
      ...(weights ? valueAndGradient('sumOverBatchSize', weights) : []),
      loss('none').reduced(target, output).values,
    ];
  };
}

test('every file is used', () => {
  expect(files.map(({ name }) => name)).toHaveLength(22);
  expect(cases.length).toBe(files.reduce((sum, { content }) => sum + content.cases.length, 0));
});

test.each(cases)('$label', ({ given, golden, tolerance }) => {
  const inputs = engine().tf.tidy(() => tensorsOf(tolerance, golden));
  const expected = expectedOf(golden);
  const check = (how: string, outputs: readonly Tensor[]): void => {
    expect(outputs).toHaveLength(expected.length);
    outputs.forEach((output, index) => {
      const wanted = expected[index] ?? [];
      const found = Array.from(output.dataSync());
      expect(found).toHaveLength(wanted.length);
      const wrong = found.flatMap((value, at) => {
        const want = wanted[at] ?? Number.NaN;
        const isClose = Math.abs(value - want) <= tolerance.atol + tolerance.rtol * Math.abs(want);
        return isClose ? [] : [{ how, output: index, at, value, want }];
      });
      expect(wrong).toEqual([]);
    });
  };
  const step = stepOf(given);
  engine().tf.tidy(() => {
    check('eager', step(...inputs));
  });
  const captured = engine().capture(step);
  const outputs = captured.run(...inputs);
  check('captured', outputs);
  engine().tf.dispose([...inputs, ...outputs]);
  captured.dispose();
});
