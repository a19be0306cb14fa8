// Derivatives by differences, and whether there is a derivative at all.

/** A derivative of a function of one number, by differences. */
export interface Difference {
  readonly derivative: number;
  /**
   * How far the function is from being smooth here, as a slope: about the jump of the derivative where it has one within
   * the step, such as relu at 0, and little more than rounding where it has none.
   */
  readonly irregularity: number;
}

/**
 * The derivative from the values at −h, −h/2, 0, h/2 and h: central differences of both steps, extrapolated to a step of 0
 * (Richardson, 1911), so that what is left is of the order of h⁴.
 *
 * The difference of the slopes to the right and to the left of 0 halves with the step where the function is smooth, and
 * stays where it has a kink at 0; a kink beside 0 makes the two central differences unlike each other.
 */
export function differentiate(
  values: readonly [number, number, number, number, number],
  h: number,
): Difference {
  const [farBelow, nearBelow, middle, nearAbove, farAbove] = values;
  const central = (above: number, below: number, step: number): number => (above - below) / (2 * step);
  const bend = (above: number, below: number, step: number): number => (above - 2 * middle + below) / step;
  const [far, near] = [central(farAbove, farBelow, h), central(nearAbove, nearBelow, h / 2)];
  const bends = bend(farAbove, farBelow, h) - 2 * bend(nearAbove, nearBelow, h / 2);
  return {
    derivative: (4 * near - far) / 3,
    irregularity: Math.max(Math.abs(far - near), Math.abs(bends)),
  };
}
