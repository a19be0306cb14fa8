// A series in a few points: both ends, and of each part between them the lowest and the highest value, and the first NaN.
// What is pictured from them has the outline of the whole series. A line through its middle is one through the parts' means.

import { MAX_SUMMED } from '@gradstream/data';

/** A value at a step. */
export interface Sample {
  readonly step: number;
  readonly value: number;
}

/** A part of a series, summed up; empty at first. */
export class Part {
  /** Lowest and highest value; null as long as there are but NaN. Of equal ones the first counts. */
  low: Sample | null = null;
  high: Sample | null = null;
  nanStep: number | null = null;
  firstStep = Infinity;
  lastStep = -Infinity;
  /** Sum and count of what a mean is made of: neither NaN nor values from `MAX_SUMMED` on. */
  sum = 0;
  count = 0;

  /** Takes in a point that comes after those that it has. */
  add(sample: Sample): this {
    const { step, value } = sample;
    if (Number.isNaN(value)) this.nanStep ??= step;
    else {
      if (!this.low || value < this.low.value) this.low = sample;
      if (!this.high || value > this.high.value) this.high = sample;
    }
    if (Math.abs(value) < MAX_SUMMED) {
      this.sum += value;
      this.count++;
    }
    this.firstStep = Math.min(this.firstStep, step);
    this.lastStep = Math.max(this.lastStep, step);
    return this;
  }

  /** Takes in another part, whose steps come before or after its own. */
  join(other: Readonly<Part>): this {
    const [before, after] = other.firstStep < this.firstStep ? [other, this] : [this, other];
    const { low, high, nanStep } = before;
    this.low = low && !(after.low && after.low.value < low.value) ? low : after.low;
    this.high = high && !(after.high && after.high.value > high.value) ? high : after.high;
    this.nanStep = nanStep ?? after.nanStep;
    this.firstStep = Math.min(this.firstStep, other.firstStep);
    this.lastStep = Math.max(this.lastStep, other.lastStep);
    this.sum += other.sum;
    this.count += other.count;
    return this;
  }
}

/** What is told of a series. */
export interface Picture {
  /** In the order of their steps, each once. */
  readonly samples: readonly Sample[];
  /** All of the series, part by part; null where the samples are all of it. */
  readonly parts: readonly Readonly<Part>[] | null;
}

/** How many parts a picture of so many points has: two each, and the two ends. */
export const partsOf = (points: number): number => Math.max(1, Math.floor((points - 2) / 2));

/** Parts of which so many pairs, evenly spread, are one. */
function paired(parts: readonly Readonly<Part>[], wanted: number): Readonly<Part>[] {
  const pairs = Math.min(wanted, Math.floor(parts.length / 2));
  const starts = new Set(Array.from({ length: pairs }, (_, at) => Math.floor((at * parts.length) / pairs)));
  return parts.flatMap((part, at) => {
    const next = parts[at + 1];
    if (starts.has(at) && next) return [new Part().join(part).join(next)];
    return starts.has(at - 1) ? [] : [part];
  });
}

/** At most `points` points of a series of which parts and ends are known; where NaN take some, parts are joined. */
export function picture(
  all: readonly Readonly<Part>[],
  { first, last }: { readonly first: Sample; readonly last: Sample },
  points: number,
): Picture {
  const samplesOf = (parts: readonly Readonly<Part>[]): Sample[] => {
    const byStep = new Map<number, Sample>();
    for (const { low, high, nanStep } of parts) {
      if (nanStep !== null && points > 4) byStep.set(nanStep, { step: nanStep, value: Number.NaN });
      if (low && high && points > 3) byStep.set(low.step, low).set(high.step, high);
    }
    byStep.set(first.step, first).set(last.step, last);
    return [...byStep.values()].sort((a, b) => a.step - b.step);
  };
  let parts = all;
  let samples = samplesOf(parts);
  while (samples.length > points) {
    parts = paired(parts, Math.ceil((samples.length - points) / 2));
    samples = samplesOf(parts);
  }
  return { samples, parts };
}

/** All points of a series, if they are few enough; else its picture. */
export function downsample(all: readonly Sample[], points: number): Picture {
  const [first, last] = [all[0], all.at(-1)];
  if (!first || !last || all.length <= points) return { samples: all, parts: null };
  const size = Math.ceil(all.length / partsOf(points));
  const parts: Part[] = [];
  for (const [index, sample] of all.entries()) (parts[Math.floor(index / size)] ??= new Part()).add(sample);
  return picture(parts, { first, last }, points);
}
