// Scaling of inputs, fitted on the training rows alone.

export type ScaleMethod = 'none' | 'minmax' | 'standardize';

/** x becomes (x - offset) · factor, for each column. */
export interface Scaling {
  readonly offset: Float64Array;
  readonly factor: Float64Array;
}

/**
 * Extremes, mean and population standard deviation of one column, in two passes. What is summed are differences, from the
 * first value and then from the mean (Chan, Golub and LeVeque, The American Statistician 37(3), 1983), so that a small
 * spread around a large mean keeps its digits.
 */
function columnMoments(inputs: ArrayLike<number>, width: number, column: number) {
  const first = inputs[column] ?? 0;
  let [sum, min, max] = [0, Infinity, -Infinity];
  for (let at = column; at < inputs.length; at += width) {
    const value = inputs[at] ?? 0;
    sum += value - first;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  const rows = inputs.length / width;
  const mean = first + sum / rows;
  let squares = 0;
  for (let at = column; at < inputs.length; at += width) squares += ((inputs[at] ?? 0) - mean) ** 2;
  return { min, max, mean, std: Math.sqrt(squares / rows) };
}

/**
 * Fits on [rows, width], in float64: `minmax` to [0, 1], `standardize` to mean 0 and population standard deviation 1; a
 * constant column becomes 0.
 */
export function fitScaling(inputs: ArrayLike<number>, width: number, method: ScaleMethod): Scaling {
  const offset = new Float64Array(width);
  const factor = new Float64Array(width).fill(1);
  if (method === 'none') return { offset, factor };
  for (let column = 0; column < width; column++) {
    const { min, max, mean, std } = columnMoments(inputs, width, column);
    const spread = method === 'minmax' ? max - min : std;
    const constant = min === max || spread === 0;
    offset[column] = method === 'minmax' || constant ? min : mean;
    factor[column] = constant ? 0 : 1 / spread;
  }
  return { offset, factor };
}
