// Which axes a layer normalizes.

import type { Tensor } from '@gradstream/engine';
import { z } from 'zod';
import { axesOf } from '../axes.js';
import { SettingError, type Shape } from '../layer.js';

/** One axis or several. */
export const axesSchema = z
  .union([z.int(), z.array(z.int()).min(1)], { error: 'must be a whole number or a list of such' })
  .default(-1)
  .transform((axis) => [axis].flat());

/**
 * Axes of the tensor, from 1 and in order. Throws SettingError, also where their order is not clear: Keras sorts them as
 * they are written, and shapes its weights by that.
 */
export function normalizedAxes(given: readonly number[], shape: Shape): number[] {
  const axes = axesOf(given, shape, ['axis']);
  if (axes.length < given.length)
    throw new SettingError(['axis'], 'an axis is named twice', 'Name each axis once');
  if (given.every((axis) => axis < 0) || given.every((axis) => axis > 0)) return axes;
  const message = 'positive and negative axes are mixed: their order is not clear';
  throw new SettingError(['axis'], message, 'Count all of them from the start, or all from the end');
}

/** The order of a tensor's axes with some of them at the end. */
export function orderWithLast(rank: number, axes: readonly number[]): number[] {
  const others = Array.from({ length: rank }, (_, axis) => axis).filter((axis) => !axes.includes(axis));
  return [...others, ...axes];
}

/** Computes on a tensor with some of its axes at the end; transposes where they are not there. */
export function withLast(x: Tensor, axes: readonly number[], compute: (moved: Tensor) => Tensor): Tensor {
  const order = orderWithLast(x.rank, axes);
  if (order.every((axis, at) => axis === at)) return compute(x);
  return compute(x.transpose(order)).transpose(order.map((_, axis) => order.indexOf(axis)));
}
