// A series in a few points: both ends, and of each part between the lowest and the highest value. What is pictured
// from them has the outline of the whole series.

/** A value at a step. */
export interface Sample {
  readonly step: number;
  readonly value: number;
}

/** Lowest and highest value of a part of a series. */
export interface Outline {
  readonly low: Sample;
  readonly high: Sample;
}

/** How many parts a picture of so many points has: two each, and the two ends. */
export const partsOf = (points: number): number => Math.max(1, Math.floor((points - 2) / 2));

/** The outline of two parts together; of equal values the earlier ones count. */
export function joined(a: Outline | undefined, b: Outline): Outline {
  if (!a) return b;
  return {
    low: b.low.value < a.low.value ? b.low : a.low,
    high: b.high.value > a.high.value ? b.high : a.high,
  };
}

/** Points in the order of their steps, each once, at most `points` of them. */
export function picture(
  outlines: Iterable<Outline>,
  { first, last }: { readonly first: Sample; readonly last: Sample },
  points: number,
): Sample[] {
  const byStep = new Map<number, Sample>();
  if (points > 3) for (const { low, high } of outlines) byStep.set(low.step, low).set(high.step, high);
  byStep.set(first.step, first).set(last.step, last);
  return [...byStep.values()].sort((a, b) => a.step - b.step);
}

/** All points of a series, if they are few enough; else its picture. */
export function downsample(all: readonly Sample[], points: number): Sample[] {
  const [first, last] = [all[0], all.at(-1)];
  if (!first || !last || all.length <= points) return [...all];
  const size = Math.ceil(all.length / partsOf(points));
  const parts = new Map<number, Outline>();
  for (const [index, sample] of all.entries()) {
    if (Number.isNaN(sample.value)) continue;
    const part = Math.floor(index / size);
    parts.set(part, joined(parts.get(part), { low: sample, high: sample }));
  }
  return picture(parts.values(), { first, last }, points);
}
