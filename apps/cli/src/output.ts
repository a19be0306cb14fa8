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
  const news = error.errors.filter(
    ({ message, hint }) => hint !== undefined || !error.detail.includes(message),
  );
  const places = news.map(({ pointer, line, column, message, hint }) => {
    const field = column === undefined ? '' : `, column ${column}`;
    const place = line === undefined ? pointer : `line ${line}${field}`;
    return `  ${place ? `${place}: ` : ''}${message}${hint === undefined ? '' : ` (${hint})`}`;
  });
  return [`${error.code}: ${error.detail}`, ...places];
}
