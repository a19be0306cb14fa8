/** A shape without its batch axis, as people write it: 28 × 28 × 1. */
export const shapeText = (shape: readonly number[]): string =>
  shape.length === 0 ? 'one number' : shape.join(' × ');
