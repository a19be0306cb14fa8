// Brings the database to the newest migration; `down` takes the last one back.

import path from 'node:path';
import { root } from './lib/paths.mjs';

/**
 * Runs the migrations that are missing, each in a transaction, under an advisory lock.
 * @param {string} databaseUrl
 * @param {'up' | 'down'} direction
 * @returns {Promise<string[]>} the names of those that were run
 */
export async function migrate(databaseUrl, direction = 'up') {
  const { runner } = await import('node-pg-migrate');
  const done = await runner({
    databaseUrl,
    direction,
    dir: path.join(root, 'migrations'),
    migrationsTable: 'pgmigrations',
    count: direction === 'down' ? 1 : Infinity,
    log: () => {},
  });
  return done.map((migration) => migration.name);
}
