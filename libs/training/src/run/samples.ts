// Rows of a run's table as the training library takes them.

import type { RunSpec } from '@gradstream/contracts';
import type { Table } from '@gradstream/datasets';
import { takesClassIndexes, type ModelGraph } from '@gradstream/models';
import type { TrainingData } from '../fit/data.js';

/** The column that is predicted: a class index, or a number, of each row. */
export interface Targets {
  readonly values: Int32Array | Float32Array;
}

/** How the target of a row is given to the loss. */
type TargetForm =
  /** Its class index. */
  | 'index'
  /** A one at the place of its class. */
  | 'oneHot'
  /** The number itself: 0 or 1 for one of two classes. */
  | 'number';

export function targetForm(
  { target, loss }: Pick<RunSpec, 'target' | 'loss'>,
  { outputShape }: ModelGraph,
): TargetForm {
  if (target.task === 'regression') return 'number';
  if (takesClassIndexes(loss.name)) return 'index';
  return target.task === 'binary' && outputShape.at(-1) === 1 ? 'number' : 'oneHot';
}

/** Some rows of a table; the model's input is all columns of a row. */
export function rowsOf(
  { inputs, targets, rows }: Table,
  indices: Uint32Array,
  graph: ModelGraph,
  form: TargetForm,
): TrainingData {
  const width = inputs.length / rows;
  const classes = graph.outputShape.at(-1) ?? 1;
  const targetsAt = (positions: Uint32Array): Int32Array | Float32Array => {
    const target = (position: number): number => targets[indices[position] ?? 0] ?? 0;
    if (form === 'index') return Int32Array.from(positions, target);
    if (form === 'number') return Float32Array.from(positions, target);
    const hot = new Float32Array(positions.length * classes);
    positions.forEach((position, at) => (hot[at * classes + target(position)] = 1));
    return hot;
  };
  return {
    count: indices.length,
    take: (positions) => {
      const x = new Float32Array(positions.length * width);
      positions.forEach((position, at) => {
        const row = indices[position] ?? 0;
        x.set(inputs.subarray(row * width, (row + 1) * width), at * width);
      });
      const shape = form === 'index' ? [] : graph.outputShape;
      return {
        count: positions.length,
        inputs: [{ values: x, shape: graph.inputShape }],
        targets: [{ values: targetsAt(positions), shape }],
        weights: [],
      };
    },
  };
}
