// Which epoch and which moment a step was at. Between the steps that are known, both go evenly.

import { lowerBound } from './points.js';

export const xAxes = ['step', 'epoch', 'relative', 'wall'] as const;
/** What the horizontal axis counts: steps, epochs, seconds since the start, or moments. */
export type XAxis = (typeof xAxes)[number];

const MOST_TICKS = 4096;

export class Clock {
  #steps: number[] = [];
  /** Milliseconds since 1970. */
  #times: number[] = [];
  /** The step that ends epoch e is e times this; where it is not given, no step of an epoch may lie beyond its end. */
  #stepsPerEpoch = 0;

  #given: number | null;

  constructor(given: number | null = null) {
    this.#given = given;
  }

  /** Says how many steps an epoch has, once that is known. */
  expect(stepsPerEpoch: number | null): void {
    this.#given = stepsPerEpoch;
  }

  /** Adds what is known of a step: its epoch, the first being 1, and its time in ms. Steps rise, but after a cut. */
  add(step: number, epoch: number, time: number): void {
    if (epoch > 0) this.#stepsPerEpoch = Math.max(this.#stepsPerEpoch, step / epoch);
    if (step <= (this.#steps.at(-1) ?? -1)) return;
    this.#steps.push(step);
    this.#times.push(time);
    if (this.#steps.length > MOST_TICKS) {
      this.#steps = this.#steps.filter((_, at) => at % 2 === 0);
      this.#times = this.#times.filter((_, at) => at % 2 === 0);
    }
  }

  /** Forgets the times of later steps: the run went back. */
  cutAfter(step: number): void {
    const kept = lowerBound(this.#steps, step + 1);
    this.#steps.length = kept;
    this.#times.length = kept;
  }

  /** The position of a step: epochs as a fraction, relative time in seconds, wall time in seconds since 1970. */
  position(step: number, axis: XAxis): number {
    if (axis === 'step') return step;
    if (axis === 'epoch') return step / (this.#given ?? (this.#stepsPerEpoch || 1));
    return this.moment(this.#timeAt(step), axis);
  }

  /** The position of a moment, in ms since 1970, on an axis of time; in seconds. */
  moment(time: number, axis: 'relative' | 'wall'): number {
    return (axis === 'wall' ? time : time - (this.#times[0] ?? time)) / 1000;
  }

  /** The first step, from 0 to `most`, that is not before a position; `most` where all are. */
  stepAt(position: number, axis: XAxis, most: number): number {
    let [low, high] = [0, most];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.position(middle, axis) < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The positions of steps that rise. */
  positions(steps: Float64Array, axis: XAxis): Float64Array {
    return axis === 'step' ? steps : steps.map((step) => this.position(step, axis));
  }

  #timeAt(step: number): number {
    const at = lowerBound(this.#steps, step);
    const [before, after] = [this.#steps[at - 1], this.#steps[at]];
    const [earlier, later] = [this.#times[at - 1], this.#times[at]];
    if (after === step || before === undefined || earlier === undefined) return later ?? 0;
    if (after === undefined || later === undefined) return earlier;
    return earlier + ((step - before) / (after - before)) * (later - earlier);
  }
}
