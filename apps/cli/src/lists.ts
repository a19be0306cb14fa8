// Commands that list: which page they ask for, and how they print it.

import type { Page } from '@gradstream/sdk';
import { InvalidArgumentError, type Command } from 'commander';
import { printJson, terminalWidth } from './output.js';
import { tableLines } from './table.js';

/** A page of a list, as commands print it. */
interface ListPage<T> {
  readonly page: Page<T>;
  /** How many there are on all pages, where that is known. */
  readonly total?: number;
  readonly header: readonly string[];
  /** Titles of columns that give way where a terminal is narrow. */
  readonly flexible: readonly string[];
  readonly toRow: (item: T) => readonly string[];
  /** What is said when there is nothing, and what to do. */
  readonly empty: string;
}

/** The lines of a page: a table, no wider than a terminal, and where the next one is; or that there is nothing. */
export function pageLines<T>(
  { page, total, header, flexible, toRow, empty }: ListPage<T>,
  columns = terminalWidth(),
): string[] {
  if (page.data.length === 0) return [empty];
  const lines = tableLines(header, page.data.map(toRow), { columns, flexible });
  if (page.nextCursor === null) return lines;
  const all = total === undefined ? 'There are more' : `There are ${total} in all`;
  return [...lines, `${all}; to go on, add: --after ${page.nextCursor}`];
}

/** A whole number from 1 to 100, as an option has it. */
export function parseCount(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= 100) return count;
  throw new InvalidArgumentError('It is a whole number from 1 to 100.');
}

/** The options of a list, as commander takes them. */
export function addPageOptions(command: Command): Command {
  return command
    .option('--after <cursor>', 'go on after the page that said so')
    .option('--limit <count>', 'up to 100', parseCount, 50)
    .option('--json', 'print JSON');
}

export interface PageChoices {
  readonly after?: string;
  readonly limit: number;
  readonly json?: boolean;
}

/** Which page the server is asked for. */
export const pageOf = ({ after, limit }: PageChoices): { limit: number; after?: string } => ({
  limit,
  ...(after === undefined ? {} : { after }),
});

/** Prints a page, as a table or as JSON. */
export function printPage<T>({ json }: PageChoices, list: ListPage<T>): void {
  if (json) printJson(list.page);
  else for (const line of pageLines(list)) console.log(line);
}
