// Rules about a loss and what its targets are.

import type { LossName } from '@gradstream/contracts';
import { showShape } from '../layers/layer.js';
import { error, warning, type TargetCase, type TargetRule } from './outputCase.js';

/** The loss that is mostly right for a task. */
function usualLoss({ task, classes }: TargetCase): LossName {
  if (task === 'regression') return 'meanSquaredError';
  if (task !== 'classification') return 'binaryCrossentropy';
  return classes === 'indexes' ? 'sparseCategoricalCrossentropy' : 'categoricalCrossentropy';
}

const POOR_FOR_CLASSES =
  'it measures distances between numbers, and its gradient vanishes where softmax or sigmoid is sure and wrong';
const ONE_AGAINST_REST = 'each class is decided for itself, and the outputs do not add up to 1';

/** A loss for another task. */
export const taskRule: TargetRule = (one) => {
  const { task, loss, traits, classes, at } = one;
  if (traits.tasks.includes(task)) return [];
  const said = {
    pointer: at.loss,
    code: 'lossTask',
    message: `the loss ${loss.name} does not fit the task ${task}`,
    hint: `Use "${usualLoss(one)}"`,
  };
  const byIndexes = task === 'classification' && classes === 'indexes';
  if (traits.poorFor.includes(task) && !byIndexes) {
    return warning({ ...said, why: traits.output === 'numbers' ? POOR_FOR_CLASSES : ONE_AGAINST_REST });
  }
  if (traits.output === 'numbers' || traits.output === 'positive')
    return error({ ...said, why: 'it compares numbers, and classes have no distances' });
  return error({ ...said, why: `its targets are not those of a ${task}` });
};

/** Class indexes where vectors are expected, and the reverse. */
export const classesRule: TargetRule = ({ task, loss, traits, classes, at }) => {
  if (task !== 'classification' || traits.classes === null || traits.classes === classes) return [];
  const sparse = classes === 'indexes';
  const other: Partial<Record<LossName, LossName>> = {
    categoricalCrossentropy: 'sparseCategoricalCrossentropy',
    sparseCategoricalCrossentropy: 'categoricalCrossentropy',
  };
  const better = other[loss.name];
  return error({
    pointer: at.loss,
    code: sparse ? 'indexTargets' : 'oneHotTargets',
    message: `the loss ${loss.name} takes ${sparse ? 'one-hot vectors' : 'class indexes'}, the target is ${sparse ? 'class indexes' : 'one-hot vectors'}`,
    why: sparse
      ? 'an index would be compared with each probability as a number'
      : 'the zeros and ones of a vector would be taken for classes',
    hint: better
      ? `Use "${better}"`
      : `Give the target as ${sparse ? 'one-hot vectors' : 'class indexes'}, or use another loss`,
  });
};

/** An output that is no vector a target. */
export const rankRule: TargetRule = ({ shape, positions = 0, at }) => {
  if (shape.length === positions + 1) return [];
  const wanted = positions === 0 ? 'a vector is needed' : `${positions + 1} axes are needed`;
  return error({
    pointer: at.model,
    code: 'outputRank',
    message: `the model's output has the shape ${showShape(shape)}, ${wanted}`,
    why: 'each target is compared with one vector of outputs',
    hint: 'Put a Flatten and a Dense layer at the end',
  });
};

/** Units that a target needs, and what it is; null where any number will do, or it is not known. */
function unitsFor({ task, loss, traits, classes, size }: TargetCase): [units: number, target: string] | null {
  if (traits.output === 'embedding') return null;
  if (task === 'binary') {
    const two = traits.output === 'distribution' || traits.output === 'scores' || classes === 'oneHot';
    return [two ? 2 : 1, two ? '2 classes' : 'one label'];
  }
  if (size === null) return null;
  if (task === 'multilabel') return [size, `${size} labels`];
  if (task === 'regression') return [size, size === 1 ? 'one number' : `${size} numbers`];
  return loss.name === 'ctc' ? [size + 1, `${size} classes and a blank`] : [size, `${size} classes`];
}

/** A number of units that is not that of the classes, labels or numbers. */
export const unitsRule: TargetRule = (one) => {
  const { task, size, units, at } = one;
  if (task === 'classification' && size !== null && size < 2) {
    return error({
      pointer: at.target,
      code: 'oneClass',
      message: `the target has ${size} distinct values`,
      why: 'there is nothing to tell apart',
      hint: 'A classification needs at least 2 classes',
    });
  }
  const wanted = unitsFor(one);
  if (!wanted || wanted[0] === units) return [];
  const [count, target] = wanted;
  return error({
    pointer: at.model,
    code: 'outputUnits',
    message: `the model has ${units} outputs, the target is ${target}`,
    why: `${count} ${count === 1 ? 'output is' : 'outputs are'} needed, one for each`,
    hint: `Give the last Dense layer ${count} ${count === 1 ? 'unit' : 'units'}`,
  });
};
