// What the tools say: long steps with their time, and failures with the way out.

/** A failure that a person can mend; `message` says what happened, `wayOut` what to do. */
export class SetupError extends Error {
  /** @param {string} message @param {string} wayOut */
  constructor(message, wayOut) {
    super(`${message} ${wayOut}`);
    this.name = 'SetupError';
  }
}

/** Seconds since `started`, as text. */
export const secondsSince = (/** @type {number} */ started) =>
  `${((performance.now() - started) / 1000).toFixed(1)} s`;

/**
 * Announces a step, runs it, and says how long it took. `progress(text)` shows how far it is.
 * @template T
 * @param {string} title
 * @param {(progress: (text: string) => void) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(title, work) {
  const started = performance.now();
  const tty = process.stdout.isTTY;
  let last = '';
  const draw = () => process.stdout.write(`\r\x1b[2K  ${title} … ${last} (${secondsSince(started)})`);
  const timer = setInterval(() => tty && draw(), 500);
  if (!tty) console.log(`  ${title} …`);
  try {
    const result = await work((text) => {
      if (!tty && text !== last) console.log(`    ${text} (${secondsSince(started)})`);
      last = text;
    });
    console.log(`${tty ? '\r\x1b[2K' : ''}  ${title}: done in ${secondsSince(started)}`);
    return result;
  } finally {
    clearInterval(timer);
  }
}

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
    console.error(error instanceof SetupError ? `\n${error.message}` : error);
    process.exitCode = 1;
  }
}
