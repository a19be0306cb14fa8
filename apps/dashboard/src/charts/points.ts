// One series as columns: steps that rise, and a value at each. It grows at its end, and is cut where a run went back. Where only
// the lowest and the highest value of a part are there, a line goes through the part's mean: the first point of the part has it,
// with the count of what it is the mean of, and the others of the part count for nothing. Elsewhere each point is its own mean.

const FIRST_CAPACITY = 256;

/** More points than a chart has pixels, and about 1 MB a series: beyond them, several are told by their extremes. */
const MOST = 65_536;

/** Steps that rise, and a value at each; means and counts where points stand for parts. */
export interface PointColumns {
  readonly steps: ArrayLike<number>;
  readonly values: ArrayLike<number>;
  readonly means?: ArrayLike<number>;
  readonly counts?: ArrayLike<number>;
}

export class Points {
  #steps = new Float64Array(FIRST_CAPACITY);
  #values = new Float64Array(FIRST_CAPACITY);
  #means = new Float64Array(FIRST_CAPACITY);
  #counts = new Float64Array(FIRST_CAPACITY);
  #length = 0;
  #revision = 0;
  /** How many points in a row are told by their extremes. */
  #stride = 1;
  /** Where those begin that are told by themselves, because their row is not full. */
  #rowStart = 0;

  get length(): number {
    return this.#length;
  }

  /** Rises when points that were there have changed; while it stays, points were added at most. */
  get revision(): number {
    return this.#revision;
  }

  /** The steps; a view that is good until the next change. */
  get steps(): Float64Array {
    return this.#steps.subarray(0, this.#length);
  }

  /** The values, with NaN and the infinities; a view that is good until the next change. */
  get values(): Float64Array {
    return this.#values.subarray(0, this.#length);
  }

  /** What a line goes through: of each point that counts, the mean of what it stands for. */
  get means(): Float64Array {
    return this.#means.subarray(0, this.#length);
  }

  /** How many values each point stands for; 0 for those whose part another one stands for. */
  get counts(): Float64Array {
    return this.#counts.subarray(0, this.#length);
  }

  /** The last step; -1 before there is one. */
  get lastStep(): number {
    return this.#length === 0 ? -1 : (this.#steps[this.#length - 1] ?? -1);
  }

  /** Adds a point after all others; one of a step that is there already takes its place. */
  append(step: number, value: number, mean = value, count = 1): void {
    if (step <= this.lastStep) {
      this.#replace(step, value);
      return;
    }
    if (this.#length === this.#steps.length) this.#makeRoom();
    this.#steps[this.#length] = step;
    this.#values[this.#length] = value;
    this.#means[this.#length] = mean;
    this.#counts[this.#length] = count;
    this.#length++;
    if (this.#stride > 1 && this.#length - this.#rowStart >= this.#stride) {
      this.#keepExtremes(this.#rowStart, this.#stride);
      this.#rowStart = this.#length;
    }
  }

  /** Forgets all points. */
  clear(): void {
    this.#length = 0;
    this.#rowStart = 0;
    this.#stride = 1;
    this.#revision++;
  }

  /** Puts other points in the place of those from one step to another, both included; returns those that were there. */
  replaceRange(from: number, to: number, columns: PointColumns): PointColumns {
    const { steps, values, means = values } = columns;
    const counts = columns.counts ?? new Float64Array(steps.length).fill(1);
    const [start, end] = [lowerBound(this.steps, from), lowerBound(this.steps, to + 1)];
    const before = {
      ...{ steps: this.#steps.slice(start, end), values: this.#values.slice(start, end) },
      ...{ means: this.#means.slice(start, end), counts: this.#counts.slice(start, end) },
    };
    const length = this.#length - (end - start) + steps.length;
    const room = Math.max(this.#steps.length, length);
    const change = (of: Float64Array<ArrayBuffer>, others: ArrayLike<number>) =>
      spliced(of.subarray(0, this.#length), [start, end], others, room);
    this.#steps = change(this.#steps, steps);
    this.#values = change(this.#values, values);
    this.#means = change(this.#means, means);
    this.#counts = change(this.#counts, counts);
    if (this.#rowStart >= end) this.#rowStart += length - this.#length;
    else this.#rowStart = Math.min(this.#rowStart, start);
    this.#length = length;
    this.#revision++;
    return before;
  }

  /** Forgets all points of later steps. */
  cutAfter(step: number): void {
    const kept = lowerBound(this.steps, step + 1);
    if (kept === this.#length) return;
    this.#length = kept;
    this.#rowStart = Math.min(this.#rowStart, kept);
    this.#revision++;
  }

  #replace(step: number, value: number): void {
    const at = lowerBound(this.steps, step);
    if (this.#steps[at] !== step) return; // It was not among the extremes.
    this.#values[at] = value;
    if (this.#counts[at] === 1) this.#means[at] = value;
    this.#revision++;
  }

  #makeRoom(): void {
    if (this.#length >= MOST) {
      this.#keepExtremes(0, 4);
      this.#stride = Math.max(4, 2 * this.#stride);
      this.#rowStart = this.#length;
      return;
    }
    this.#steps = doubled(this.#steps);
    this.#values = doubled(this.#values);
    this.#means = doubled(this.#means);
    this.#counts = doubled(this.#counts);
  }

  /** From an index on, keeps of each `row` of points the lowest, the highest, and the first that is not finite. */
  #keepExtremes(start: number, row: number): void {
    let to = start;
    for (let from = start; from < this.#length; from += row) {
      const end = Math.min(from + row, this.#length);
      let [mean, count] = weighed(this.#means, this.#counts, from, end);
      for (const at of extremesOf(this.#values, from, end)) {
        this.#steps[to] = this.#steps[at] ?? 0;
        this.#values[to] = this.#values[at] ?? 0;
        this.#means[to] = mean;
        this.#counts[to] = count;
        [mean, count] = [NaN, 0];
        to++;
      }
    }
    this.#length = to;
    this.#revision++;
  }
}

const doubled = (numbers: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> => {
  const made = new Float64Array(2 * numbers.length);
  made.set(numbers);
  return made;
};

/** The mean of some means, and of how many values it is one; NaN of one where none is finite. */
export function weighed(
  means: ArrayLike<number>,
  counts: ArrayLike<number>,
  from: number,
  to: number,
): [mean: number, count: number] {
  let [sum, count] = [0, 0];
  for (let at = from; at < to; at++) {
    const [mean = NaN, weight = 0] = [means[at], counts[at]];
    if (weight === 0 || !Number.isFinite(mean)) continue;
    sum += weight * mean;
    count += weight;
  }
  return count === 0 ? [NaN, 1] : [sum / count, count];
}

/** The numbers with others in the place of those from `start` to before `end`, at the beginning of so much room. */
function spliced(
  numbers: Float64Array<ArrayBuffer>,
  [start, end]: readonly [number, number],
  others: ArrayLike<number>,
  room: number,
): Float64Array<ArrayBuffer> {
  const made = new Float64Array(room);
  made.set(numbers.subarray(0, start));
  made.set(others, start);
  made.set(numbers.subarray(end), start + others.length);
  return made;
}

/** Indices of the lowest, the highest, and the first value that is not finite, in their order. */
function extremesOf(values: Float64Array, from: number, to: number): number[] {
  let [low, high, odd] = [-1, -1, -1];
  for (let at = from; at < to; at++) {
    const value = values[at] ?? 0;
    if (!Number.isFinite(value)) odd = odd < 0 ? at : odd;
    else {
      if (low < 0 || value < (values[low] ?? 0)) low = at;
      if (high < 0 || value > (values[high] ?? 0)) high = at;
    }
  }
  return [...new Set([low, high, odd])].filter((at) => at >= 0).sort((a, b) => a - b);
}

/** The first index whose step is not below the given one, of steps that rise. */
export function lowerBound(steps: ArrayLike<number>, step: number): number {
  let [low, high] = [0, steps.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((steps[middle] ?? 0) < step) low = middle + 1;
    else high = middle;
  }
  return low;
}
