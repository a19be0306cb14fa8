// Floating-point operations of the forward formula.

import { elementwise } from '../program/elementwise.js';
import { neededFor, type Step } from '../program/steps.js';
import { valuesOf, type Lengths } from './lengths.js';
import type { Plan } from './plan.js';

const reductionFlops = { sum: 1, mean: 1, max: 1, min: 1, variance: 4 } as const;
/** exp, division and two sums or maxima; likewise with a logarithm; square, sum, root and division. */
const normalizationFlops = { softmax: 5, logSoftmax: 5, l2Normalize: 3 } as const;

function flopsOf({ operation }: Step, shape: Lengths, inputs: readonly Lengths[]): number {
  const [first = []] = inputs;
  switch (operation.kind) {
    case 'elementwise':
      return valuesOf(shape) * elementwise[operation.op].flops;
    case 'reduction':
      return valuesOf(first) * reductionFlops[operation.op];
    case 'normalization':
      return valuesOf(first) * normalizationFlops[operation.op];
    case 'matmul':
      return 2 * valuesOf(shape) * (first.at(-1) ?? 1);
    default:
      return 0;
  }
}

/** FLOPs a sample: 1 for an operation on a number, 2 for a multiplication with addition in a product of matrices. */
export function countFlops({ program: { steps, output }, shapes }: Plan): number {
  const needed = neededFor(steps, [output]);
  return steps.reduce((sum, step, index) => {
    if (!needed[index]) return sum;
    const inputs = step.operation.inputs.map((input) => shapes[input] ?? []);
    return sum + flopsOf(step, shapes[index] ?? [], inputs);
  }, 0);
}
