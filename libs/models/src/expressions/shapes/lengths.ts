// Shapes with a batch axis, whose length is not known before a run.

/** The length of an axis; null is the batch. */
export type Length = number | null;
export type Lengths = readonly Length[];

export const showLengths = (lengths: Lengths): string =>
  `[${lengths.map((length) => length ?? 'batch').join(', ')}]`;

/** Number of values for one sample. */
export const valuesOf = (lengths: Lengths): number =>
  lengths.reduce<number>((product, length) => product * (length ?? 1), 1);

/** The shape of two that are brought to each other as in NumPy, from the last axis on; null when they do not fit. */
export function broadcast(a: Lengths, b: Lengths): Length[] | null {
  const rank = Math.max(a.length, b.length);
  const result: Length[] = [];
  for (let axis = 0; axis < rank; axis += 1) {
    const ofA = lengthAt(a, axis - rank + a.length);
    const ofB = lengthAt(b, axis - rank + b.length);
    if (ofA !== ofB && ofA !== 1 && ofB !== 1) return null;
    result.push(ofA === 1 ? ofB : ofA);
  }
  return result;
}

/** 1 for an axis that a shape lacks. */
const lengthAt = (lengths: Lengths, axis: number): Length => (axis < 0 ? 1 : (lengths[axis] ?? null));

/** An axis counted from the first; null when there is none. */
export function axisOf(axis: number, rank: number): number | null {
  const counted = axis < 0 ? axis + rank : axis;
  return counted >= 0 && counted < rank ? counted : null;
}

/** Axes of `from` that a sum takes away, and those it keeps at 1, to undo the broadcasting of `to`; null if it cannot. */
export function sumBack(from: Lengths, to: Lengths): { lost: number[]; kept: number[] } | null {
  const missing = from.length - to.length;
  if (missing < 0) return null;
  const lost = Array.from({ length: missing }, (_, axis) => axis);
  const kept: number[] = [];
  for (const [axis, length] of to.entries()) {
    const given = from[axis + missing];
    if (given === length) continue;
    if (length !== 1) return null;
    kept.push(axis + missing);
  }
  return { lost, kept };
}
