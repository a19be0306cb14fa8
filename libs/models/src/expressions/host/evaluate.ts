// Runs a plan in float64 on the host: the reference of the gradient check.

import { elementwise } from '../program/elementwise.js';
import type { Plan, PlannedOperation } from '../shapes/plan.js';
import { permute, scalar, type HostArray } from './array.js';
import {
  join,
  mapElements,
  multiplyMatrices,
  normalizeAxis,
  reduceAxes,
  type OnPiece,
} from './operations.js';

/** Values of inputs (with their batch axis), parameters and the gradient, by their names. */
export type HostLeaves = ReadonlyMap<string, HostArray>;

function run(
  operation: PlannedOperation,
  inputs: readonly HostArray[],
  leaves: HostLeaves,
  onPiece: OnPiece | null,
): HostArray {
  const [first = scalar(NaN), second = first] = inputs;
  switch (operation.kind) {
    case 'constant':
      return scalar(operation.value);
    case 'leaf': {
      const value = leaves.get(operation.name);
      if (!value) throw new TypeError(`no value for ${operation.name}`);
      return value;
    }
    case 'elementwise':
      return mapElements(elementwise[operation.op], inputs, onPiece);
    case 'reduction':
      return reduceAxes(operation.op, first, operation.axes, operation.keepdims, onPiece);
    case 'normalization':
      return normalizeAxis(operation.op, first, operation.axis);
    case 'matmul':
      return multiplyMatrices(first, second);
    case 'transpose':
      return permute(first, operation.axes);
    case 'reshape':
      return { shape: operation.shape.map((length) => length ?? first.shape[0] ?? 1), data: first.data };
    case 'concat':
      return join(inputs, operation.axis);
  }
}

/** The results of the steps that are needed, by index. */
export function evaluateOnHost(
  { operations }: Plan,
  needed: readonly boolean[],
  leaves: HostLeaves,
  onPiece: OnPiece | null = null,
): (HostArray | undefined)[] {
  const results: (HostArray | undefined)[] = [];
  for (const [index, operation] of operations.entries()) {
    if (!needed[index]) continue;
    const inputs = operation.inputs.map((input) => results[input] ?? scalar(NaN));
    results[index] = run(operation, inputs, leaves, onPiece);
  }
  return results;
}
