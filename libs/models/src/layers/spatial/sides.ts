// Numbers of positions before and after each axis, as Keras writes them.

import { z } from 'zod';

export type Sides = readonly [before: number, after: number];

const count = z.int().nonnegative();
const pair = z.tuple([count, count]);

/** One number for all sides, or (of one axis) a pair, or a list of a number or a pair for each axis. */
export function sidesSchema(rank: 1 | 2 | 3) {
  const error = `must be an integer from 0, or a list of ${rank === 1 ? 2 : `${rank} integers or pairs`}`;
  const both = (value: number | Sides): Sides => (typeof value === 'number' ? [value, value] : value);
  if (rank === 1)
    return z.union([count, pair], { error }).transform((value): readonly Sides[] => [both(value)]);
  return z
    .union([count, z.array(z.union([count, pair])).length(rank)], { error })
    .transform((value): readonly Sides[] =>
      typeof value === 'number' ? Array.from({ length: rank }, () => both(value)) : value.map(both),
    );
}
