// The numbers of a chart as a file.

import { align, type Cell, type Column } from './align.js';

const quoted = (text: string): string => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** A CSV (RFC 4180) with a column of x and one of each line; a cell is empty where a line has no point. */
export function toCsv(xName: string, lines: readonly (Column & { readonly label: string })[]): string {
  const { xs, ys } = align(lines);
  const header = [xName, ...lines.map(({ label }) => label)].map(quoted).join(',');
  const exact = exactCells(xs, lines, ys);
  return [header, ...xs.map((x, row) => [x, ...exact.map((column) => column[row] ?? '')].join(',')), ''].join(
    '\r\n',
  );
}

/** Gaps of a line are values that are not finite: in a file they stay what they are. */
function exactCells(
  xs: readonly number[],
  lines: readonly Column[],
  ys: readonly Cell[][],
): (number | undefined)[][] {
  return lines.map(({ xs: own, ys: values }, index) => {
    let at = 0;
    return xs.map((_, row) => {
      if (ys[index]?.[row] === undefined || at >= own.length) return undefined;
      return values[at++];
    });
  });
}
