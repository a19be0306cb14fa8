// Figures one after the other, and their table.

import os from 'node:os';
import { printTable } from '../../../tools/lib/console.mjs';
import { Interrupted, interruption } from '../../../tools/lib/interrupt.mjs';

/** @typedef {[figure: string, found: string][]} Rows */
/** @typedef {(what: string, figure: () => Promise<Rows>) => Promise<void>} Take takes a figure; says that it was taken */

/**
 * Has figures taken, and prints the table. Rejects once the benchmark is given up: by a signal, or by a failure that nobody
 * waits for.
 */
export async function measureAll(/** @type {(take: Take) => Promise<void>} */ work) {
  /** @type {Promise<never>} */
  const givenUp = new Promise((_, reject) => {
    interruption.addEventListener('abort', () => reject(new Interrupted()));
    process.on('uncaughtException', reject);
  });
  givenUp.catch(() => undefined); // The figure under way is what fails by it.
  /** @type {Rows} */
  const rows = [];
  await work(async (what, figure) => {
    const began = performance.now();
    rows.push(...(await Promise.race([givenUp, figure()])));
    console.log(`${what}: measured in ${((performance.now() - began) / 1000).toFixed(0)} s`);
  });
  const [processor] = os.cpus();
  console.log(
    `\n${processor?.model.trim()}, ${os.cpus().length} cores, load ${os.loadavg()[0]?.toFixed(2)}\n`,
  );
  printTable(['figure', 'found'], rows);
}
