// What the CLI writes: tables, JSON, and errors with their places and hints.

import { GradstreamError } from '@gradstream/sdk';

/** Prints rows under a header, columns aligned. */
export function printTable(header: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = header.map((title, i) =>
    Math.max(title.length, ...rows.map((row) => (row[i] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd();
  for (const cells of [header, ...rows]) console.log(line(cells));
}

/** Prints a value as JSON, for other programs. */
export function printJson(value: unknown): void {
  console.log(JSON.stringify(value, null, 2));
}

/** The lines that tell a person about a failure. */
export function describeError(error: unknown): string[] {
  if (!(error instanceof GradstreamError)) {
    return [error instanceof Error ? error.message : String(error)];
  }
  const places = error.errors.map((item) => {
    const place =
      item.line === undefined ? (item.pointer ?? '') : `line ${item.line}, column ${item.column ?? 1}`;
    const hint = item.hint === undefined ? '' : ` (${item.hint})`;
    return `  ${place}: ${item.message}${hint}`;
  });
  return [`${error.code}: ${error.detail}`, ...places];
}
