// How shapes of targets and outputs become equal. Whatever is refused here is refused while a step is traced.

import { EngineError, type Tensor } from '@gradstream/engine';

const shown = (shape: readonly number[]): string => `[${shape.join(', ')}]`;

/** A failure that names both shapes. */
export function shapeMismatch(what: string, target: Tensor, output: Tensor, advice: string): EngineError {
  const message = `${what} has the shape ${shown(target.shape)}, the output ${shown(output.shape)}: ${advice}`;
  return new EngineError('INVALID_ARGUMENT', message);
}

/** A shape without ones at its end, except for the batch. */
function trimmed(shape: readonly number[]): number[] {
  let length = shape.length;
  while (length > 1 && shape[length - 1] === 1) length--;
  return shape.slice(0, length);
}

const isEqual = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((size, index) => size === b[index]);

/** Whether two shapes differ by ones at the end only. */
const isAlike = (a: readonly number[], b: readonly number[]): boolean => isEqual(trimmed(a), trimmed(b));

const asFloat = (x: Tensor): Tensor => (x.dtype === 'float32' ? x : x.cast('float32'));

/**
 * Target and output, float32 and of one shape, which is that of the output; an output [batch] becomes [batch, 1].
 * A target may lack dimensions of size 1 at the end, or have more of them.
 */
export function aligned(target: Tensor, output: Tensor): [Tensor, Tensor] {
  const y = output.rank === 1 ? output.expandDims(1) : output;
  if (!isAlike(target.shape, y.shape))
    throw shapeMismatch('the target', target, output, 'both must have the same shape');
  const t = asFloat(target);
  return [isEqual(t.shape, y.shape) ? t : t.reshape(y.shape), y];
}

/** Class indexes, int32, in the shape of the output [batch, …positions, classes] without its classes. */
export function classIndexes(target: Tensor, output: Tensor): Tensor {
  const shape = output.shape.slice(0, -1);
  if (!isAlike(target.shape, shape))
    throw shapeMismatch(
      'the target',
      target,
      output,
      'class indexes must have its shape without the classes',
    );
  const indexes = target.dtype === 'int32' ? target : target.cast('int32');
  return isEqual(indexes.shape, shape) ? indexes : indexes.reshape(shape);
}

/** A tensor with one of its dimensions moved to the end. */
export function axisLast(x: Tensor, axis: number): Tensor {
  const at = axis < 0 ? axis + x.rank : axis;
  if (at === x.rank - 1) return x;
  if (at < 0 || at >= x.rank) {
    const message = `axis is ${axis}, but the output has the shape ${shown(x.shape)}: choose one of its dimensions`;
    throw new EngineError('INVALID_ARGUMENT', message);
  }
  const others = x.shape.map((_, index) => index).filter((index) => index !== at);
  return x.transpose([...others, at]);
}

/** The mean over one dimension. */
export const meanOver = (x: Tensor, axis = -1): Tensor =>
  x.shape.at(axis) === 1 ? x.squeeze([axis < 0 ? axis + x.rank : axis]) : x.mean(axis);

/**
 * Weights or a mask in the rank of the values. Their dimensions are the first ones of the values, from the batch on:
 * [batch], or [batch, …positions]; ones at the end may be more or fewer.
 */
export function leading(what: string, weights: Tensor, values: Pick<Tensor, 'shape' | 'rank'>): Tensor {
  const shape = trimmed(weights.shape);
  const fits = shape.length <= values.rank && shape.every((size, index) => size === values.shape[index]);
  if (!fits) {
    const message = `${what} have the shape ${shown(weights.shape)}, the values of the loss ${shown(values.shape)}: give one for each sample or position`;
    throw new EngineError('INVALID_ARGUMENT', message);
  }
  const full = [...shape, ...values.shape.slice(shape.length).map(() => 1)];
  return isEqual(full, weights.shape) ? weights : weights.reshape(full);
}
