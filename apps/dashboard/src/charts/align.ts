// Columns with x values of their own, as uPlot wants them: one column of all x values, and one of each series beside it.

export interface Column {
  readonly xs: ArrayLike<number>;
  readonly ys: ArrayLike<number>;
}

/** A value, null where the line has a gap, undefined where the series has no point and its line goes on. */
export type Cell = number | null | undefined;

export interface Aligned {
  readonly xs: number[];
  readonly ys: Cell[][];
}

const cell = (value: number | undefined): Cell =>
  value !== undefined && Number.isFinite(value) ? value : null;

const isSame = (a: ArrayLike<number>, b: ArrayLike<number>): boolean => {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false;
  return true;
};

/** Brings columns together; the xs of each rise. Linear in all points together, times the number of columns. */
export function align(columns: readonly Column[]): Aligned {
  const [first] = columns;
  if (!first) return { xs: [], ys: [] };
  if (columns.every(({ xs }) => isSame(xs, first.xs)))
    return { xs: Array.from(first.xs), ys: columns.map(({ ys }) => Array.from(ys, cell)) };
  const next = columns.map(() => 0);
  const xs: number[] = [];
  const ys: Cell[][] = columns.map(() => []);
  for (;;) {
    let x = Infinity;
    columns.forEach((column, index) => {
      x = Math.min(x, column.xs[next[index] ?? 0] ?? Infinity);
    });
    if (x === Infinity) return { xs, ys };
    xs.push(x);
    columns.forEach((column, index) => {
      const at = next[index] ?? 0;
      const isThere = column.xs[at] === x;
      ys[index]?.push(isThere ? cell(column.ys[at]) : undefined);
      if (isThere) next[index] = at + 1;
    });
  }
}
