// What the network gets: batches of a dataset, and rows to predict for, by the same preprocessing.

import type { FittedFeature, FittedTensor, Preprocessing } from '@gradstream/contracts';
import { sizeOf } from '../shards/layout.js';
import type { ShardedDataset } from '../shards/reader.js';
import { applyFeature, missingRows } from './apply-feature.js';
import { columnOfDataset, columnOfRows, type ColumnValues, type Row } from './column-values.js';
import { widthOf } from './width.js';

/** Numbers of some rows, [rows, ...shape]. */
export interface Tensor {
  readonly values: Float32Array | Int32Array;
  /** Of one row. */
  readonly shape: readonly number[];
}

export interface PreprocessedBatch {
  readonly inputs: readonly Tensor[];
  /** In the order of the outputs. */
  readonly targets: readonly Tensor[];
}

function toTensor(
  { dtype, shape, features }: FittedTensor,
  rows: number,
  columnOf: (feature: FittedFeature) => ColumnValues,
): Tensor {
  const stride = sizeOf(shape);
  const out = dtype === 'int32' ? new Int32Array(rows * stride) : new Float32Array(rows * stride);
  let offset = 0;
  for (const feature of features) {
    applyFeature(feature, columnOf(feature), { out, stride, offset });
    offset += widthOf(feature);
  }
  return { values: out, shape };
}

/**
 * The rows at some positions as the network gets them. Throws DATASET_UNREADABLE for a missing value that nothing stands in
 * for, and for a class that was not fitted.
 */
export function preprocessBatch(
  preprocessing: Preprocessing,
  dataset: ShardedDataset,
  positions: ArrayLike<number>,
): PreprocessedBatch {
  const located = dataset.locate(positions);
  const columnOf = ({ column }: FittedFeature) => columnOfDataset(dataset, column, positions, located);
  const toTensors = (tensors: readonly FittedTensor[]): Tensor[] =>
    tensors.map((one) => toTensor(one, positions.length, columnOf));
  return { inputs: toTensors(preprocessing.inputs), targets: toTensors(preprocessing.targets) };
}

const shapeOf = (feature: FittedFeature): readonly number[] =>
  feature.kind === 'image' ? feature.stored : feature.kind === 'array' ? feature.shape : [];

/**
 * Rows to predict for, by name of column; their target is not needed. Images have the
 * stored size. Throws VALIDATION_FAILED with pointers such as /0/age.
 */
export function preprocessRows({ inputs }: Preprocessing, rows: readonly Row[]): readonly Tensor[] {
  return inputs.map((input) =>
    toTensor(input, rows.length, (feature) =>
      columnOfRows(rows, { column: feature.column, type: feature.type, shape: shapeOf(feature) }),
    ),
  );
}

/** Those of the rows that miss nothing for which rows are dropped, in their order. */
export function keptRows(
  preprocessing: Preprocessing,
  dataset: ShardedDataset,
  rows: Uint32Array,
): Uint32Array {
  const features = [...preprocessing.inputs, ...preprocessing.targets].flatMap((tensor) => tensor.features);
  const checks = features
    .filter((feature) => 'dropped' in feature && feature.dropped)
    .map((feature) => missingRows(feature, columnOfDataset(dataset, feature.column, rows)));
  return rows.filter((_, at) => !checks.some((isMissing) => isMissing(at)));
}
