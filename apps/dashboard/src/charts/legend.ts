// The numbers beside the names of a chart's lines. They change with every point and every move of the pointer, so they are
// written into their places without asking React.

import { formatPosition } from './axes.js';
import type { XAxis } from './clock.js';
import type { Line } from './lines.js';

export interface LegendHandle {
  /** Sets the element that holds the numbers; null when it goes. */
  readonly attach: (element: HTMLElement | null) => void;
  /** Shows what is pointed at: values by id, of the lines that are drawn. */
  readonly point: (
    x: number,
    xAxis: XAxis,
    lines: readonly Line[],
    values: ReadonlyMap<string, number | null>,
  ) => void;
  /** Shows the last value of each line. */
  readonly rest: (lines: readonly Line[]) => void;
}

export function legendOf(format: (value: number) => string): LegendHandle {
  const show = (value: number | null | undefined): string => (value == null ? '–' : format(value));
  let root: HTMLElement | null = null;
  const write = (name: string, text: string): void => {
    const place = root?.querySelector(`[data-value="${CSS.escape(name)}"]`);
    if (place && place.textContent !== text) place.textContent = text;
  };
  return {
    attach: (element) => {
      root = element;
    },
    point: (x, xAxis, lines, values) => {
      write('', formatPosition(x, xAxis));
      for (const { id } of lines) write(id, show(values.get(id)));
    },
    rest: (lines) => {
      write('', '');
      for (const { id, points } of lines) write(id, show(points.values.at(-1)));
    },
  };
}
