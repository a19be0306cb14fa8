/** A shape without its batch axis, as people write it: 28 × 28 × 1. */
export const shapeText = (shape: readonly number[]): string =>
  shape.length === 0 ? 'one number' : shape.join(' × ');

/** The inputs or the outputs of a model: the shape of the only one, or each with its name. */
export const endsText = (
  ends: readonly { readonly name: string; readonly shape: readonly number[] }[],
): string =>
  ends.length === 1
    ? ends.map(({ shape }) => shapeText(shape)).join('')
    : ends.map(({ name, shape }) => `${name}: ${shapeText(shape)}`).join(', ');
