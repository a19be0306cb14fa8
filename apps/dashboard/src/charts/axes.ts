// The axes of a chart: their colours, and how their numbers are written.

import type uPlot from 'uplot';
import { formatDuration, formatNumber } from '../ui/format.js';
import type { XAxis } from './clock.js';
import { chartColors } from './colors.js';

const FONT = '11px system-ui, sans-serif';

/** How a position is written, where it is not a moment. */
export function formatPosition(x: number, xAxis: XAxis): string {
  if (xAxis === 'relative') return formatDuration(x);
  if (xAxis === 'wall') return new Date(x * 1000).toLocaleTimeString('en-GB');
  return xAxis === 'step' ? formatNumber(x) : String(Number(x.toFixed(2)));
}

/** What the horizontal axis counts, in words. */
export const axisNames: Readonly<Record<XAxis, string>> = {
  step: 'Step',
  epoch: 'Epoch',
  relative: 'Time since the start',
  wall: 'Time',
};

export function axesOf(xAxis: XAxis, format: (value: number) => string): uPlot.Axis[] {
  const common = {
    stroke: () => chartColors().text,
    grid: { stroke: () => chartColors().grid, width: 1 },
    ticks: { show: false },
    font: FONT,
  };
  const write = (_plot: uPlot, splits: number[]): string[] => splits.map((x) => formatPosition(x, xAxis));
  const dates = xAxis === 'wall';
  return [
    // Moments have their day below them.
    { ...common, size: dates ? 42 : 28, space: 70, ...(dates ? {} : { values: write }) },
    {
      ...common,
      size: 58,
      space: 34,
      values: (_plot, splits) => splits.map((y) => format(y)),
    },
  ];
}
