// The picture of a run: a line that is rewritten on a terminal, a line now and then elsewhere.

import type { MetricBatch } from '@gradstream/sdk';
import { Progress, type Clock } from './progress.js';
import { bar, fitted, type Terminal } from './terminal.js';

/** Away from a terminal, within an epoch at most one line each so many ms. */
const LINE_MS = 10_000;
/** Epochs that are shorter than this do not get a line each. */
const EPOCH_MS = 1000;

export interface ProgressView {
  /** Takes in a batch and shows it. */
  accept(batch: MetricBatch): void;
  /** A line of its own. */
  tell(line: string): void;
  /** The speed is measured anew, from the next step on. */
  restart(): void;
  /** Shows what was not shown yet, and leaves the line. */
  end(): void;
}

const percent = (share: number): string => `${String(Math.round(share * 100)).padStart(3)} %`;

class TerminalView implements ProgressView {
  #drawn = false;

  constructor(
    private readonly progress: Progress,
    private readonly out: Terminal,
  ) {}

  accept({ points, rewoundTo }: MetricBatch): void {
    if (rewoundTo !== null) this.restart();
    for (const point of points) this.progress.take(point);
    if (points.length > 0) this.#draw();
  }

  tell(line: string): void {
    this.out.write(`\r\x1b[2K${line}\n`);
    if (this.#drawn) this.#draw();
  }

  restart(): void {
    this.progress.restart();
  }

  end(): void {
    if (this.#drawn) this.out.write('\n');
  }

  #draw(): void {
    this.#drawn = true;
    const { share } = this.progress;
    const parts = [`${bar(share)} ${percent(share)}`, ...this.progress.parts()];
    this.out.write(`\r\x1b[2K${fitted(parts, this.out.columns)}`);
  }
}

class LineView implements ProgressView {
  #lastLine: number | null = null;
  #lastEpoch = -Infinity;
  #isBehind = false;

  constructor(
    private readonly progress: Progress,
    private readonly out: Terminal,
    private readonly now: Clock,
  ) {}

  accept({ points, rewoundTo }: MetricBatch): void {
    if (rewoundTo !== null) this.restart();
    for (const point of points) {
      this.progress.take(point);
      this.#isBehind = true;
      const now = this.now();
      this.#lastLine ??= now;
      // Validation is at the end of an epoch.
      const isEpoch = 'valLoss' in point.values && now - this.#lastEpoch >= EPOCH_MS;
      if (isEpoch) this.#lastEpoch = now;
      if (isEpoch || now - this.#lastLine >= LINE_MS) this.#write();
    }
  }

  tell(line: string): void {
    this.out.write(`${line}\n`);
  }

  restart(): void {
    this.progress.restart();
  }

  end(): void {
    if (this.#isBehind) this.#write();
  }

  #write(): void {
    this.#lastLine = this.now();
    this.#isBehind = false;
    this.out.write(`${fitted([percent(this.progress.share), ...this.progress.parts()])}\n`);
  }
}

/** The view that suits where it is drawn. */
export function createView(totalSteps: () => number | null, out: Terminal, now: Clock): ProgressView {
  const progress = new Progress(totalSteps);
  return out.isTTY ? new TerminalView(progress, out) : new LineView(progress, out, now);
}
