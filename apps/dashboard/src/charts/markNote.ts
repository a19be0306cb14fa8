// What happened where the crosshair stands, in words beside it.

import type uPlot from 'uplot';
import type { ChartMark, PlacedMark } from './marks.js';

/** A mark is pointed at within so many pixels: arrow keys move by 8. */
const NEAR_PIXELS = 6;
const MOST_LABELS = 4;

export class MarkNote {
  readonly #element = document.createElement('div');

  constructor(private readonly plot: uPlot) {
    this.#element.className = 'chart-note';
    this.#element.setAttribute('role', 'status');
    this.#element.hidden = true;
    plot.over.append(this.#element);
  }

  /** Says which of the marks are at the crosshair; nothing where none is. */
  point(marks: readonly PlacedMark[]): void {
    const { left = -1 } = this.plot.cursor;
    const isNear = ({ x }: PlacedMark): boolean =>
      left >= 0 && Math.abs(this.plot.valToPos(x, 'x') - left) <= NEAR_PIXELS;
    // Checkpoints, of which there are many, hide nothing else.
    const near = marks.filter(isNear).map(({ mark }) => mark);
    const isRoutine = ({ kind }: ChartMark): boolean => kind === 'checkpoint';
    const labels = [...near.filter((mark) => !isRoutine(mark)), ...near.filter(isRoutine)].map(
      ({ label }) => label,
    );
    const more = labels.length - MOST_LABELS;
    const text = [...labels.slice(0, MOST_LABELS), ...(more > 0 ? [`and ${more} more`] : [])].join('\n');
    this.#element.hidden = text === '';
    if (this.#element.textContent !== text) this.#element.textContent = text;
    const isLeft = left < this.plot.over.clientWidth / 2;
    this.#element.style.left = isLeft ? `${left + 8}px` : 'auto';
    this.#element.style.right = isLeft ? 'auto' : `${this.plot.over.clientWidth - left + 8}px`;
  }
}
