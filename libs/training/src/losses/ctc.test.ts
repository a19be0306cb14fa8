// CTC against the sum over all ways that collapse to the labels.

import { describe, expect, jest, test } from '@jest/globals';
import { lossSettingsSchema } from '@gradstream/contracts';
import type { Scalar, Tensor } from '@gradstream/engine';
import { useEngine } from '../testing/engine.js';
import { createLossFunction } from './index.js';

jest.setTimeout(60_000);

const engine = useEngine();

const make = (settings: unknown) => createLossFunction(engine(), lossSettingsSchema.parse(settings));
const numbers = (x: Tensor): number[] => Array.from(x.dataSync());
const number = (x: Tensor): number => numbers(x)[0] ?? Number.NaN;

describe('CTC', () => {
  /** −log of the sum over all ways through the classes that collapse to the labels, in float64. */
  function bruteForce(logits: readonly (readonly number[])[], labels: readonly number[]): number {
    const logP = logits.map((row) =>
      row.map((logit) => logit - Math.log(row.reduce((sum, value) => sum + Math.exp(value), 0))),
    );
    const wanted = labels.filter((label) => label !== 0).join();
    let total = 0;
    const walk = (way: number[], logProbability: number): void => {
      const time = way.length;
      const row = logP[time];
      if (row)
        row.forEach((value, label) => {
          walk([...way, label], logProbability + value);
        });
      else {
        const collapsed = way.filter((label, at) => label !== way[at - 1] && label !== 0);
        if (collapsed.join() === wanted) total += Math.exp(logProbability);
      }
    };
    walk([], 0);
    return -Math.log(total);
  }
  const wave = (phase: number): number[][] =>
    Array.from({ length: 5 }, (_, time) =>
      [0, 1, 2].map((label) => 2 * Math.sin(5 * time + 3 * label + phase)),
    );
  const labels = [
    [1, 2, 0],
    [1, 1, 2],
    [0, 0, 0],
  ];
  const logits = [wave(0), wave(1), wave(2)];
  const expected = logits.map((rows, at) => bruteForce(rows, labels[at] ?? []));

  test.each(['captured', 'xla'] as const)(
    'is the sum over all ways, %s; its gradient by central differences',
    (executor) => {
      const { tf } = engine();
      const loss = make({ name: 'ctc', reduction: 'sum' });
      const step = engine().capture(
        (...[target, output]: (Tensor | undefined)[]) => {
          if (!target || !output) throw new Error('a step of two inputs');
          const { grad } = tf.valueAndGrad((y: Tensor): Scalar => loss.value(target, y))(output);
          return [loss.perSample(target, output).values, grad];
        },
        { executor },
      );
      const [values, slopes] = step
        .run(tf.tensor2d(labels, undefined, 'int32'), tf.tensor3d(logits))
        .map(numbers);
      step.dispose();
      expected.forEach((value, at) => {
        expect(values?.[at]).toBeCloseTo(value, 4);
      });
      const moved = (sample: number, time: number, label: number, by: number): number => {
        const rows = (logits[sample] ?? []).map((row, t) =>
          row.map((x, c) => (t === time && c === label ? x + by : x)),
        );
        return bruteForce(rows, labels[sample] ?? []);
      };
      for (const [sample, time, label] of [
        [0, 0, 1],
        [0, 4, 0],
        [1, 2, 0],
        [1, 3, 2],
        [2, 1, 0],
        [2, 2, 1],
      ] as const) {
        const difference = (moved(sample, time, label, 1e-5) - moved(sample, time, label, -1e-5)) / 2e-5;
        expect(slopes?.[(sample * 5 + time) * 3 + label]).toBeCloseTo(difference, 4);
      }
    },
  );

  test('labels that do not fit into the time have a large loss and no gradient', () => {
    const { tf } = engine();
    const loss = make({ name: 'ctc', reduction: 'sum' });
    const target = tf.tensor2d([[1, 1, 2]], undefined, 'int32');
    const logitsOf3 = tf.tensor3d([wave(0).slice(0, 3)]);
    const { value, grad } = tf.valueAndGrad((y: Tensor): Scalar => loss.value(target, y))(logitsOf3);
    expect(number(value)).toBe(708);
    expect(numbers(grad)).toEqual(new Array(9).fill(0));
  });
});
