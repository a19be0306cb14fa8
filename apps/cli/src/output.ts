// What the CLI writes: tables, JSON, and errors with their places and hints.

import { GradstreamError, type ProblemItem } from '@gradstream/sdk';

/** How the command line is called from the checkout. */
export const CALL = 'npm run gradstream --';

/** The lines of rows under a header, columns aligned. */
export function tableLines(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = header.map((title, i) =>
    Math.max(title.length, ...rows.map((row) => (row[i] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd();
  return [header, ...rows].map(line);
}

/** Prints rows under a header, columns aligned. */
export function printTable(header: readonly string[], rows: readonly (readonly string[])[]): void {
  for (const line of tableLines(header, rows)) console.log(line);
}

/** Prints a value as JSON, for other programs. */
export function printJson(value: unknown): void {
  console.log(JSON.stringify(value, null, 2));
}

/** The line of a problem: its place, what is wrong, and what to do. */
export function problemLine({ pointer, line, column, message, hint }: ProblemItem): string {
  const field = column === undefined ? '' : `, column ${column}`;
  const place = line === undefined ? pointer : `line ${line}${field}`;
  return `  ${place ? `${place}: ` : ''}${message}${hint === undefined ? '' : ` (${hint})`}`;
}

/** The lines that tell a person about a failure. */
export function describeError(error: unknown): string[] {
  if (!(error instanceof GradstreamError)) {
    return [error instanceof Error ? error.message : String(error)];
  }
  const news = error.errors.filter(
    ({ message, hint }) => hint !== undefined || !error.detail.includes(message),
  );
  return [`${error.code}: ${error.detail}`, ...news.map(problemLine)];
}
