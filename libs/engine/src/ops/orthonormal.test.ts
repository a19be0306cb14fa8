// Against Gram and Schmidt's method in float64, twice for its rounding.

import { expect, test } from '@jest/globals';
import type { Tensor2D } from '@tensorflow/tfjs';
import { useEngine } from '../testing.js';

const engine = useEngine();

/** Columns of a matrix [rows, columns], row by row, made orthonormal. */
function gramSchmidt(values: readonly number[], columns: number): number[] {
  const rows = values.length / columns;
  const done: number[][] = [];
  for (let column = 0; column < columns; column++) {
    let vector = Array.from({ length: rows }, (_, row) => values[row * columns + column] ?? 0);
    for (const other of [...done, ...done]) {
      const dot = vector.reduce((sum, value, row) => sum + value * (other[row] ?? 0), 0);
      vector = vector.map((value, row) => value - dot * (other[row] ?? 0));
    }
    const length = Math.hypot(...vector);
    done.push(vector.map((value) => value / length));
  }
  return Array.from(
    { length: values.length },
    (_, at) => done[at % columns]?.[Math.floor(at / columns)] ?? 0,
  );
}

test.each([
  [1, 1],
  [5, 1],
  [4, 4],
  [40, 13],
])('[%d, %d]', (rows, columns) => {
  const { tf, ops, random } = engine();
  const x = random.statelessNormal([rows, columns], tf.tensor1d([3, 4], 'int32')) as Tensor2D;
  const actual = Array.from(ops.orthonormalColumns(x).dataSync());
  const expected = gramSchmidt(Array.from(x.dataSync()), columns);
  expected.forEach((value, at) => {
    expect(actual[at]).toBeCloseTo(value, 4);
  });
});
