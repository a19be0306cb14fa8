import { SettingError, type Shape } from './layer.js';

/**
 * An axis of a batched tensor as a number from 1, given from either end; the batch, 0, is refused. Throws SettingError
 * below the layer's config.
 */
export function axisOf(given: number, shape: Shape, path: readonly PropertyKey[]): number {
  const axis = given < 0 ? given + shape.length + 1 : given;
  if (axis >= 1 && axis <= shape.length) return axis;
  const message =
    axis === 0
      ? `axis ${given} is the batch, whose samples are independent`
      : `axis ${given} is not among the ${shape.length} axes of a sample`;
  throw new SettingError(path, message, `Use 1 to ${shape.length}, or -1 for the last one`);
}

/** The same for several axes, in order and each once. */
export function axesOf(given: readonly number[], shape: Shape, path: readonly PropertyKey[]): number[] {
  const axes = given.map((axis) => axisOf(axis, shape, path));
  return [...new Set(axes)].sort((a, b) => a - b);
}
