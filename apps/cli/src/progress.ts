// How far a run is: its last numbers, and the time that is left.

import { STEP_SERIES, validationName, type MetricPoint } from '@gradstream/sdk';
import { formatDuration } from './format.js';

/** Metrics that a line shows. */
const SHOWN = 3;

/** The speed is that of the last half to whole of so many ms of training. */
const SPEED_MS = 30_000;

/** Milliseconds from some moment on. */
export type Clock = () => number;

interface Moment {
  readonly step: number;
  readonly time: number;
}

/** A number with four significant digits, or a dash when there is none. */
const digits = (value: number | string | undefined): string =>
  value === undefined ? '–' : typeof value === 'string' ? value : value.toPrecision(4);

/** Takes in what a run tells, and says it in words. */
export class Progress {
  #last: Record<string, number | string> = {};
  #step = 0;
  #epoch = 0;
  /** Two moments of the training by its own clock, by which its speed is measured; of a replay it is the same. */
  #older: Moment | null = null;
  #newer: Moment | null = null;
  #now: Moment | null = null;

  constructor(private readonly totalSteps: () => number | null) {}

  take(point: MetricPoint): void {
    this.#now = { step: point.step, time: Date.parse(point.time) };
    this.#older ??= this.#now;
    this.#newer ??= this.#now;
    if (this.#now.time - this.#newer.time >= SPEED_MS / 2)
      [this.#older, this.#newer] = [this.#newer, this.#now];
    this.#step = point.step;
    this.#epoch = point.epoch;
    // A step that does not tell its gradient norm has none to show; the point of a validation is of no step's own.
    if ('loss' in point.values) delete this.#last['gradientNorm'];
    Object.assign(this.#last, point.values);
  }

  /** The speed is measured anew, from the next step on. */
  restart(): void {
    this.#older = null;
    this.#newer = null;
  }

  /** The last value of a series. */
  value(series: string): number | undefined {
    const value = this.#last[series];
    return value === undefined ? undefined : Number(value);
  }

  /** How much of the run is done; 0 where it is not known. */
  get share(): number {
    const total = this.totalSteps();
    return total ? this.#step / total : 0;
  }

  /** What is said, the most wanted first. */
  parts(): string[] {
    const total = this.totalSteps();
    return [
      `epoch ${this.#epoch}`,
      `step ${this.#step}${total ? `/${total}` : ''}`,
      `left ${formatDuration(this.#left(total))}`,
      `loss ${digits(this.#last['loss'])}`,
      ...this.#metrics(),
      `grad ${digits(this.#last['gradientNorm'])}`,
    ];
  }

  /** Seconds that are left; NaN where that is not known. */
  #left(total: number | null): number {
    const [from, to] = [this.#older, this.#now];
    if (!total || !from || !to || to.step <= from.step) return Number.NaN;
    return ((to.time - from.time) / 1000 / (to.step - from.step)) * (total - to.step);
  }

  /** The first metrics of the run, losses of outputs left out, and what validation says of the first one, or of the loss. */
  #metrics(): string[] {
    const names = Object.keys(this.#last);
    const validations = new Set(names.map(validationName));
    const shown = names
      .filter((name) => !STEP_SERIES.includes(name) && !validations.has(name) && !name.endsWith('_loss'))
      .slice(0, SHOWN);
    const watched = validationName(shown[0] ?? 'loss');
    return [
      ...shown.map((name) => `${name} ${digits(this.#last[name])}`),
      `${watched} ${digits(this.#last[watched])}`,
    ];
  }
}
