// How the target of a row is given to the loss.

import type { RunOutput } from '@gradstream/contracts';
import { takesClassIndexes } from '@gradstream/models';
import type { HostArray } from '../fit/data.js';

export type TargetForm =
  /** The index of its class. */
  | 'index'
  /** A one at the place of its class. */
  | 'oneHot'
  /** The number itself, 0 or 1 for one of two classes; or numbers. */
  | 'number';

export function targetForm(
  { target, loss }: Pick<RunOutput, 'target' | 'loss'>,
  outputShape: readonly number[],
): TargetForm {
  if (target.task === 'regression' || target.task === 'multilabel') return 'number';
  if (takesClassIndexes(loss.name)) return 'index';
  return target.task === 'binary' && outputShape.at(-1) === 1 ? 'number' : 'oneHot';
}

/** A target as the loss takes it. Single numbers get an axis of one, as the model's output has it. */
export function toForm({ values, shape }: HostArray, form: TargetForm, classes: number): HostArray {
  if (form === 'index') return { values, shape: [] };
  if (form === 'number')
    return {
      values: values instanceof Float32Array ? values : Float32Array.from(values),
      shape: shape.length === 0 ? [1] : shape,
    };
  const hot = new Float32Array(values.length * classes);
  values.forEach((index, row) => (hot[row * classes + index] = 1));
  return { values: hot, shape: [classes] };
}
