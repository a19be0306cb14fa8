// Reads sources whole, for tests.

import type { ProblemItem } from '@gradstream/contracts';
import { ProblemList } from '../readers/problems.js';
import type { BatchColumn, Cell, TableSource } from '../readers/source.js';

/** Everything that a source hands on. */
export interface ReadTable {
  readonly names: readonly string[];
  /** Of each column the cells, or the numbers of all rows. */
  readonly columns: readonly (readonly Cell[])[];
  readonly rows: number;
  readonly lines: readonly number[];
  readonly problems: readonly ProblemItem[];
}

const cellsOf = (column: BatchColumn): readonly Cell[] =>
  column.kind === 'cells' ? column.cells : [...column.values];

export async function readTable(source: TableSource): Promise<ReadTable> {
  const problems = new ProblemList();
  const columns = source.columns.map((): Cell[] => []);
  const lines: number[] = [];
  let rows = 0;
  for await (const batch of source.batches(problems)) {
    rows += batch.rows;
    for (const line of Array.from(batch.lines ?? [])) lines.push(line);
    batch.columns.forEach((column, index) => {
      for (const cell of cellsOf(column)) columns[index]?.push(cell);
    });
  }
  return { names: source.columns.map(({ name }) => name), columns, rows, lines, problems: problems.items };
}

/** Line and code of each problem. */
export const codesOf = (problems: readonly ProblemItem[]): string[] =>
  problems.map(({ line, code }) => `${line ?? 0} ${code}`);
