// Precision, recall, F1 and confusion matrices, from counts of classes over an epoch.

import type { MetricSettings } from '@gradstream/contracts';
import { EngineError, type Tensor, type Tensor1D } from '@gradstream/engine';
import { exactly, type Accumulator, type MetricResult, type Outline } from './accumulator.js';
import { isAbove, isTrue, singleClassKind } from './accuracy.js';
import { totalOf } from './curves.js';
import { Sums } from './store.js';
import type { BatchView } from './view.js';

type Average = Extract<MetricSettings, { name: 'precision' }>['average'];
type Ratio = 'precision' | 'recall' | 'f1';

/** Sums of weights by class index: no product of matrices, which half precision would round. */
function byClass(view: BatchView, weights: Tensor1D, classes: Tensor1D, count: number): Tensor {
  return view.gs.tf.unsortedSegmentSum(weights, classes, count);
}

const onesOr = (view: BatchView): Tensor1D => view.rowWeights ?? view.gs.tf.ones([view.rows]);

/** Right predictions, predictions and samples of each class, of samples with one class. */
function singleClassCounts(view: BatchView, kind: 'classIndex' | 'oneHot'): Tensor[] {
  const { units, predictedClass: predicted } = view;
  const actual = view.actualClass(kind);
  const weights = onesOr(view);
  const right = weights.mul<Tensor1D>(predicted.equal(actual).cast('float32'));
  return [
    byClass(view, right, actual, units),
    byClass(view, weights, predicted, units),
    byClass(view, weights, actual, units),
  ];
}

/** The same of units that say yes or no each. */
function unitCounts(view: BatchView, threshold: number): Tensor[] {
  const { tf } = view.gs;
  const rows = (x: Tensor): Tensor => x.reshape([-1, view.units]).cast('float32');
  const predicted = rows(isAbove(view, threshold));
  const { kind } = view;
  const isClass = kind === 'classIndex' || kind === 'oneHot';
  const actual = isClass
    ? tf.oneHot(view.actualClass(kind), view.units, 1, 0, 'float32')
    : rows(isTrue(view));
  const weights = view.rowWeights;
  const weighted = (x: Tensor): Tensor => (weights ? x.mul(weights.expandDims(1)) : x).sum(0);
  return [weighted(predicted.mul(actual)), weighted(predicted), weighted(actual)];
}

/** [right, predicted, actual] of each class. */
export function classCounts({ units }: Outline, threshold: number | null): Accumulator<Sums> {
  return {
    key: `class counts ${threshold}`,
    store: new Sums(3 * units),
    length: () => 3 * units,
    compute: (view) => {
      const { kind } = view;
      const isClass = kind === 'classIndex' || kind === 'oneHot';
      return isClass && threshold === null
        ? singleClassCounts(view, kind)
        : unitCounts(view, threshold ?? 0.5);
    },
  };
}

/** Precision right / predicted, recall right / actual, F1 2·right / (predicted + actual); 0 where nothing is counted. */
function ratioOf(ratio: Ratio, right: number, predicted: number, actual: number): number {
  const of = ratio === 'precision' ? predicted : ratio === 'recall' ? actual : (predicted + actual) / 2;
  return of === 0 ? 0 : right / of;
}

/** A ratio of an epoch's counts. The mean is over all classes, those too that never occur, as in Keras. */
export function ratioOfCounts(
  { store: { values } }: Accumulator<Sums>,
  ratio: Ratio,
  average: Average,
): MetricResult {
  const units = values.length / 3;
  const part = (index: number): Float64Array => values.subarray(index * units, (index + 1) * units);
  const [right, predicted, actual] = [part(0), part(1), part(2)];
  if (average === 'micro')
    return exactly(ratioOf(ratio, totalOf(right), totalOf(predicted), totalOf(actual)));
  const each = Array.from(right, (hits, unit) =>
    ratioOf(ratio, hits, predicted[unit] ?? 0, actual[unit] ?? 0),
  );
  return exactly(averageOf(each, average, actual));
}

/** The values themselves, their mean, or their mean weighted by frequency. NaN of undefined ones is left out. */
export function averageOf(
  each: readonly number[],
  average: Exclude<Average, 'micro'>,
  frequencies: ArrayLike<number>,
): number | readonly number[] {
  if (average === 'none') return each;
  let [sum, total] = [0, 0];
  each.forEach((value, unit) => {
    if (Number.isNaN(value)) return;
    const weight = average === 'macro' ? 1 : (frequencies[unit] ?? 0);
    sum += value * weight;
    total += weight;
  });
  return sum / total;
}

/** Classes of a confusion matrix: those of the output, or no and yes of a single unit. */
const matrixSize = (units: number): number => (units === 1 ? 2 : units);

/** A matrix leaves every step whole: 4 MB at this size. */
const MAX_MATRIX_SIZE = 1000;

/** Weights of samples by actual and predicted class. Throws INVALID_ARGUMENT for too many classes. */
export function confusionCounts({ units }: Outline, threshold: number | null): Accumulator<Sums> {
  const size = matrixSize(units);
  if (size > MAX_MATRIX_SIZE) {
    const message = `a confusion matrix of ${size} classes is larger than ${MAX_MATRIX_SIZE}: use precision and recall with average none`;
    throw new EngineError('INVALID_ARGUMENT', message);
  }
  return {
    key: `confusion ${threshold}`,
    store: new Sums(size * size),
    length: () => size * size,
    compute: (view) => {
      const { tf } = view.gs;
      const flat = (x: Tensor): Tensor1D => x.reshape<Tensor1D>([-1]).cast('int32');
      const [actual, predicted] =
        units === 1
          ? [flat(isTrue(view)), flat(isAbove(view, threshold ?? 0.5))]
          : [view.actualClass(singleClassKind(view, 'confusionMatrix')), view.predictedClass];
      const cells = actual.mul<Tensor1D>(tf.scalar(size, 'int32')).add<Tensor1D>(predicted);
      return [byClass(view, onesOr(view), cells, size * size)];
    },
  };
}

/** Rows are actual classes, columns predicted ones. */
export function confusionMatrix({ store: { values } }: Accumulator<Sums>): MetricResult {
  const size = Math.sqrt(values.length);
  return exactly(
    Array.from({ length: size }, (_, row) => Array.from(values.subarray(row * size, (row + 1) * size))),
  );
}
