// Runs a plan with TensorFlow, eagerly or inside of a captured step.

import type { Engine, Tensor, Tensor2D } from '@gradstream/engine';
import type { NormalizationOp, ReductionOp } from '../program/steps.js';
import type { Plan, PlannedOperation } from '../shapes/plan.js';
import { powerForms, tensorForms } from './elementwise.js';

/** Values of inputs, parameters and the gradient, by their names. */
export type TensorLeaves = ReadonlyMap<string, Tensor>;

const EPSILON = 1e-12;

function reduce({ tf }: Engine, op: ReductionOp, x: Tensor, axes: number[], keepdims: boolean): Tensor {
  switch (op) {
    case 'sum':
      return tf.sum(x, axes, keepdims);
    case 'mean':
      return tf.mean(x, axes, keepdims);
    case 'max':
      return tf.max(x, axes, keepdims);
    case 'min':
      return tf.min(x, axes, keepdims);
    case 'variance':
      return tf.mean(tf.square(tf.sub(x, tf.mean(x, axes, true))), axes, keepdims);
  }
}

/** TensorFlow's softmax is over the last axis. */
function normalize(gs: Engine, op: NormalizationOp, x: Tensor, axis: number): Tensor {
  const { tf, ops } = gs;
  if (op === 'l2Normalize') {
    const squares = tf.sum(tf.square(x), axis, true);
    return tf.mul(x, tf.rsqrt(tf.maximum(squares, EPSILON)));
  }
  const last = x.rank - 1;
  if (axis === last) return op === 'softmax' ? ops.softmax(x) : ops.logSoftmax(x);
  const order = x.shape.map((_, place) => (place === axis ? last : place === last ? axis : place));
  return tf.transpose(normalize(gs, op, tf.transpose(x, order), last), order);
}

/** One product for all rows where the second is one matrix; else one for each pair, brought to one stack. */
function multiply({ tf, ops }: Engine, a: Tensor, b: Tensor): Tensor {
  if (b.rank === 2) return ops.dense(a, b as Tensor2D);
  const stack = tf.broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const stacked = (x: Tensor): Tensor => {
    const shape = [...stack, ...x.shape.slice(-2)];
    return tf.util.arraysEqual(x.shape, shape) ? x : tf.broadcastTo(x, shape);
  };
  return ops.batchMatMul(stacked(a), stacked(b));
}

function run(
  gs: Engine,
  operation: PlannedOperation,
  inputs: readonly Tensor[],
  exponent: number | undefined,
  leaves: TensorLeaves,
): Tensor {
  const { tf } = gs;
  switch (operation.kind) {
    case 'constant':
      return tf.scalar(operation.value);
    case 'leaf': {
      const value = leaves.get(operation.name);
      if (!value) throw new TypeError(`no value for ${operation.name}`);
      return value;
    }
    case 'concat':
      return tf.concat([...inputs], operation.axis);
    default:
  }
  const [first, second = first, third = second] = inputs;
  if (!first || !second || !third) throw new TypeError(`no operand of ${operation.kind}`);
  switch (operation.kind) {
    case 'elementwise': {
      const power = exponent === undefined ? undefined : powerForms.get(exponent);
      return power ? power(gs, first) : tensorForms[operation.op](gs, first, second, third);
    }
    case 'reduction':
      return reduce(gs, operation.op, first, [...operation.axes], operation.keepdims);
    case 'normalization':
      return normalize(gs, operation.op, first, operation.axis);
    case 'matmul':
      return multiply(gs, first, second);
    case 'transpose':
      return tf.transpose(first, [...operation.axes]);
    case 'reshape':
      return tf.reshape(
        first,
        operation.shape.map((length) => length ?? first.shape[0]),
      );
  }
}

/** The exponent of a power that is known beforehand. */
function exponentOf({ operations }: Plan, operation: PlannedOperation): number | undefined {
  if (operation.kind !== 'elementwise' || operation.op !== 'pow') return undefined;
  const exponent = operations[operation.inputs[1] ?? -1];
  return exponent?.kind === 'constant' ? exponent.value : undefined;
}

/** The results of the steps that are needed, by index; those that are `known` are not computed again. */
export function evaluate(
  gs: Engine,
  plan: Plan,
  needed: readonly boolean[],
  leaves: TensorLeaves,
  known: readonly (Tensor | undefined)[] = [],
): (Tensor | undefined)[] {
  const results = [...known];
  for (const [index, operation] of plan.operations.entries()) {
    if (!needed[index] || results[index]) continue;
    const inputs = operation.inputs.flatMap((input) => results[input] ?? []);
    results[index] = run(gs, operation, inputs, exponentOf(plan, operation), leaves);
  }
  return results;
}
