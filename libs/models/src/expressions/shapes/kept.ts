// What the backward pass of a formula needs besides inputs and output.

import { forBackward, neededFor } from '../program/steps.js';
import { valuesOf } from './lengths.js';
import type { Plan } from './plan.js';

/** Values of one sample. Results that are views of others, and those without a batch axis, are not counted. */
export function countKept({ program, operations, shapes }: Plan): number {
  const { steps, output, backward } = program;
  if (backward.kind === 'straightThrough') return 0;
  const kept =
    backward.kind === 'formulas' ? forBackward(program, [...backward.of.values()]) : [...steps.keys()];
  const needed = neededFor(steps, [output]);
  return kept.reduce((sum, index) => {
    const isView = ['leaf', 'constant', 'reshape'].includes(operations[index]?.kind ?? 'leaf');
    const shape = shapes[index] ?? [];
    return isView || index === output || !needed[index] || shape[0] !== null ? sum : sum + valuesOf(shape);
  }, 0);
}
