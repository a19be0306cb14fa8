import { describe, expect, test } from '@jest/globals';
import { useEngine, wave } from '../testing.js';

const engine = useEngine();
const RATE = 0.25;
const COUNT = 4000;

describe('dropout', () => {
  test('zeroes a share of the elements, scales the others, and their gradients in the same way', () => {
    const { tf, ops } = engine();
    const x = tf.tensor1d(wave(COUNT));
    const seed = tf.tensor1d([7, 11], 'int32');
    const { value, grad } = tf.valueAndGrad((input) => ops.dropout(input, RATE, seed))(
      x,
      tf.tensor1d(wave(COUNT, 2)),
    );
    const slopes = grad.dataSync();
    const [values, weights] = [wave(COUNT), wave(COUNT, 2)];
    const kept = Array.from(value.dataSync(), (y, i) => {
      const isKept = y !== 0;
      const factor = isKept ? 1 / (1 - RATE) : 0;
      expect(y).toBeCloseTo(factor * (values[i] ?? Number.NaN), 5);
      expect(slopes[i]).toBeCloseTo(factor * (weights[i] ?? Number.NaN), 5);
      return isKept;
    }).filter(Boolean).length;
    const deviation = Math.sqrt(RATE * (1 - RATE) * COUNT); // Of a binomial distribution.
    expect(Math.abs(kept - (1 - RATE) * COUNT)).toBeLessThan(4 * deviation);
  });

  test('depends on the seed alone, captured or not', () => {
    const { tf, ops } = engine();
    const x = tf.fill([64], 1);
    const drop = (seed: readonly [number, number]): number[] =>
      Array.from(ops.dropout(x, RATE, tf.tensor1d([...seed], 'int32')).dataSync());
    expect(drop([1, 2])).toEqual(drop([1, 2]));
    expect(drop([1, 2])).not.toEqual(drop([1, 3]));
    const step = engine().capture((...inputs) =>
      inputs.map((seed) => ops.dropout(tf.fill([64], 1), RATE, seed.flatten())),
    );
    const [captured] = step.run(tf.tensor1d([1, 3], 'int32'));
    expect(Array.from(captured?.dataSync() ?? [])).toEqual(drop([1, 3]));
    step.dispose();
  });

  test('at rate 0 changes nothing', () => {
    const { tf, ops } = engine();
    const y = ops.dropout(tf.tensor1d([1, -2]), 0, tf.tensor1d([1, 2], 'int32'));
    expect(Array.from(y.dataSync())).toEqual([1, -2]);
  });
});
