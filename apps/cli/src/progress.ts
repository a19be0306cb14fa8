// The live picture of one run in the terminal: a bar, the last numbers, and the time that is left.

import { STEP_SERIES, validationName, type MetricBatch, type MetricPoint } from '@gradstream/sdk';

const BAR_WIDTH = 24;

/** Metrics that a line shows. */
const SHOWN = 3;

/** What the view draws on. */
export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Seconds as a person says them. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?';
  if (seconds < 60) return `${Math.max(0, Math.round(seconds))} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** A number with four significant digits, or a dash when there is none. */
const digits = (value: number | string | undefined): string =>
  value === undefined ? '–' : typeof value === 'string' ? value : value.toPrecision(4);

/** A bar that is full at a share of 1. */
export function bar(share: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * BAR_WIDTH);
  return '█'.repeat(full) + '░'.repeat(BAR_WIDTH - full);
}

/** As many parts as a line has room for: a longer one would wrap, and could not be rewritten. */
export function fitted(parts: readonly string[], columns = 0): string {
  const room = columns > 0 ? columns : Infinity; // Some terminals do not say theirs.
  const [first = '', ...rest] = parts;
  let line = first.slice(0, room - 1);
  for (const part of rest) {
    const longer = `${line}  ${part}`;
    if (longer.length >= room) return line;
    line = longer;
  }
  return line;
}

/** Draws batches of metrics: a line that is rewritten on a terminal, a line an epoch elsewhere. */
export class ProgressView {
  #last: Record<string, number | string> = {};
  #step = 0;
  #epoch = 0;
  #started = performance.now();
  #firstStep: number | null = null;
  #drawn = false;

  constructor(
    private readonly totalSteps: () => number | null,
    private readonly out: Terminal = process.stdout,
  ) {}

  /** Takes in a batch and draws. */
  accept(batch: MetricBatch): void {
    if (batch.rewoundTo !== null) this.restart();
    for (const point of batch.points) this.#take(point);
    if (batch.points.length > 0) this.#draw();
  }

  /** Writes a line of its own; on a terminal above the picture. */
  tell(line: string): void {
    this.out.write(this.out.isTTY ? `\r\x1b[2K${line}\n` : `${line}\n`);
    if (this.#drawn) this.#draw();
  }

  /** The speed is measured anew, from the next step on. */
  restart(): void {
    this.#firstStep = null;
  }

  /** Leaves the line. */
  end(): void {
    if (this.#drawn) this.out.write('\n');
  }

  /** The last value of a series. */
  value(series: string): number | undefined {
    const value = this.#last[series];
    return value === undefined ? undefined : Number(value);
  }

  #draw(): void {
    if (!this.out.isTTY) return;
    this.#drawn = true;
    this.out.write(`\r\x1b[2K${fitted(this.#parts(), this.out.columns)}`);
  }

  #take(point: MetricPoint): void {
    if (this.#firstStep === null) {
      this.#firstStep = point.step;
      this.#started = performance.now();
    }
    this.#step = point.step;
    this.#epoch = point.epoch;
    // A step that does not tell its gradient norm has none to show; the point of a validation is of no step's own.
    if ('loss' in point.values) delete this.#last['gradientNorm'];
    Object.assign(this.#last, point.values);
    if ('valLoss' in point.values && !this.out.isTTY) this.out.write(`${fitted(this.#parts())}\n`);
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

  /** What is said, the most wanted first. */
  #parts(): string[] {
    const total = this.totalSteps();
    const share = total ? this.#step / total : 0;
    const done = this.#step - (this.#firstStep ?? 0);
    const elapsed = (performance.now() - this.#started) / 1000;
    const left = total && done > 0 ? (elapsed / done) * (total - this.#step) : Number.NaN;
    return [
      `${bar(share)} ${String(Math.round(share * 100)).padStart(3)} %`,
      `epoch ${this.#epoch}`,
      `step ${this.#step}${total ? `/${total}` : ''}`,
      `left ${formatDuration(left)}`,
      `loss ${digits(this.#last['loss'])}`,
      ...this.#metrics(),
      `grad ${digits(this.#last['gradientNorm'])}`,
    ];
  }
}
