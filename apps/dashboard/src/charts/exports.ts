// Charts and their numbers as files.

import { saveBlob } from '../ui/saveBlob.js';
import type { XAxis } from './clock.js';
import { toCsv } from './csv.js';
import type { Line } from './lines.js';
import type { LinePlot } from './plot.js';

const fileName = (title: string, extension: string): string =>
  `${title.replaceAll(/[^\p{L}\p{N}]+/gu, '-').toLowerCase()}.${extension}`;

/** Saves what is seen. */
export function exportPng(plot: LinePlot | null, title: string): void {
  const canvas = plot?.toCanvas();
  if (!canvas) throw new Error('The chart is not drawn yet: wait for its first point.');
  canvas.toBlob((blob) => {
    if (blob) saveBlob(blob, fileName(title, 'png'));
  }, 'image/png');
}

/** Saves all numbers of the lines that are shown, not only those in sight. */
export function exportCsv(lines: readonly Line[], xAxis: XAxis, title: string): void {
  const columns = lines.map(({ label, points, clock }) => ({
    label,
    xs: clock.positions(points.steps, xAxis),
    ys: points.values,
  }));
  saveBlob(new Blob([toCsv(xAxis, columns)], { type: 'text/csv' }), fileName(title, 'csv'));
}
