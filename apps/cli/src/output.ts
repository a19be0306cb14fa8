// What the command line writes: tables, JSON, and errors with their places and hints.

import { GradstreamError, type ProblemItem } from '@gradstream/sdk';
import { tableLines } from './table.js';

/** How the command line is called from the checkout. */
export const CALL = 'npm run gradstream --';

/** The width of the terminal; 0 where the output goes elsewhere, and lines are as long as they are. */
export const terminalWidth = (): number => (process.stdout.isTTY ? process.stdout.columns : 0);

/** Prints rows under a header, columns aligned, no wider than the terminal. */
export function printTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  flexible: readonly string[] = [],
): void {
  for (const line of tableLines(header, rows, { columns: terminalWidth(), flexible })) console.log(line);
}

/** Prints a value as JSON, for other programs. */
export function printJson(value: unknown): void {
  console.log(JSON.stringify(value, null, 2));
}

/** Prints one of several values as JSON: a line each, for other programs. */
export function printJsonLine(value: unknown): void {
  console.log(JSON.stringify(value));
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
