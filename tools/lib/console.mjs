// What the tools say: tables, and failures with the way out. Long steps are in progress.mjs.

import { Interrupted } from './interrupt.mjs';

/** A failure that a person can mend; `message` says what happened, `wayOut` what to do. */
export class SetupError extends Error {
  /** @param {string} message @param {string} wayOut */
  constructor(message, wayOut) {
    super(`${message} ${wayOut}`);
    this.name = 'SetupError';
    this.happened = message;
  }
}

/** Seconds since `started`, as text. */
export const secondsSince = (/** @type {number} */ started) =>
  `${((performance.now() - started) / 1000).toFixed(1)} s`;

/** Prints rows under a header, in aligned columns. */
export function printTable(/** @type {string[]} */ header, /** @type {string[][]} */ rows) {
  const widths = header.map((title, i) =>
    Math.max(title.length, ...rows.map((row) => (row[i] ?? '').length)),
  );
  for (const row of [header, ...rows]) {
    console.log(
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    );
  }
}

/** Runs a tool's main function; a failure becomes one clear line and exit code 1. */
export async function main(/** @type {() => Promise<number | void>} */ work) {
  try {
    process.exitCode = (await work()) ?? 0;
  } catch (error) {
    process.exitCode = error instanceof Interrupted ? 130 : 1; // 128 + SIGINT, as shells count.
    if (error instanceof Interrupted) return;
    console.error(error instanceof SetupError ? `\n${error.message}` : error);
  }
}
