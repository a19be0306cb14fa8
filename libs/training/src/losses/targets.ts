// What targets a loss takes, and which class a target is of.

import type { LossName, LossSettings } from '@gradstream/contracts';
import { EngineError, type Tensor } from '@gradstream/engine';
import { axisLast, classIndexes } from './shapes.js';

/**
 * `classIndex`: int32 without the dimension of classes. `oneHot`: a distribution over the classes. `binary`: 0 and 1
 * for each unit. `sign`: −1 and 1, or 0 and 1, for each unit, outputs above 0 meaning 1. `values`: anything else.
 */
export type TargetKind = 'classIndex' | 'oneHot' | 'binary' | 'sign' | 'values';

const KINDS: Partial<Record<LossName, TargetKind>> = {
  sparseCategoricalCrossentropy: 'classIndex',
  categoricalGeneralizedCrossEntropy: 'classIndex',
  circle: 'classIndex',
  categoricalCrossentropy: 'oneHot',
  categoricalFocalCrossentropy: 'oneHot',
  categoricalHinge: 'oneHot',
  klDivergence: 'oneHot',
  binaryCrossentropy: 'binary',
  binaryFocalCrossentropy: 'binary',
  dice: 'binary',
  tversky: 'binary',
  hinge: 'sign',
  squaredHinge: 'sign',
};

export const targetKind = (name: LossName): TargetKind => KINDS[name] ?? 'values';

/** How many classes there are at an output of a shape, without the batch; null where targets are no classes. */
export function classCountOf(settings: LossSettings, shape: readonly number[]): number | null {
  const axis = 'axis' in settings && typeof settings.axis === 'number' ? settings.axis : -1;
  const kind = targetKind(settings.name);
  if (kind === 'classIndex' || kind === 'oneHot') return shape.at(axis < 0 ? axis : axis - 1) ?? null;
  return kind !== 'values' && shape.at(-1) === 1 ? 2 : null;
}

/** The class of each sample or position, int32. Throws INVALID_ARGUMENT where targets are no classes. */
export function classesOf(settings: LossSettings, target: Tensor, output: Tensor): Tensor {
  const axis = 'axis' in settings && typeof settings.axis === 'number' ? settings.axis : -1;
  switch (targetKind(settings.name)) {
    case 'classIndex':
      return classIndexes(target, axisLast(output, axis));
    case 'oneHot':
      return axisLast(target, axis).argMax(-1);
    case 'sign':
    case 'binary':
      if (output.rank === 1 || output.shape.at(-1) === 1)
        return target
          .reshape(output.rank === 1 ? output.shape : output.shape.slice(0, -1))
          .greater(0.5)
          .cast('int32');
  }
  const message = `class weights need classes, one for each sample: ${settings.name} with an output of the shape [${output.shape.join(', ')}] has none`;
  throw new EngineError('INVALID_ARGUMENT', message);
}
