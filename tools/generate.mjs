// `npm run generate`: writes generated/openapi.json and generated/schema.graphql from the API's own code, and
// the database types from a migrated Postgres. `--check` fails if that changes any committed file.

import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const TARGETS = ['generated/openapi.json', 'generated/schema.graphql', 'libs/data/src/generated/schema.ts'];

/** Runs a program with its output shown. */
function run(/** @type {string} */ program, /** @type {string[]} */ args) {
  execFileSync(process.execPath, [program, ...args], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
}

/**
 * Writes all generated files.
 * @param {string} databaseUrl a Postgres that has all migrations
 */
export async function generate(databaseUrl) {
  await build();
  run('apps/api/dist/print-contracts.js', ['generated']);
  run('node_modules/.bin/kysely-codegen', [
    ...['--dialect', 'postgres', '--url', databaseUrl, '--out-file', TARGETS[2] ?? ''],
    ...['--exclude-pattern', 'pgmigrations', '--log-level', 'warn', '--type-mapping', '{"int8":"number"}'],
  ]);
  run('node_modules/.bin/prettier', ['--log-level', 'warn', '--write', TARGETS[2] ?? '']);
}

/**
 * Generates, and compares with what was there.
 * @param {string} databaseUrl
 * @returns {Promise<string[]>} the files that changed
 */
export async function generateAndCompare(databaseUrl) {
  const read = () =>
    Promise.all(TARGETS.map((name) => readFile(path.join(root, name), 'utf8').catch(() => '(missing)')));
  const before = await read();
  await generate(databaseUrl);
  const after = await read();
  return TARGETS.filter((_, index) => before[index] !== after[index]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { up } = await import('./services/control.mjs');
  const { serviceEnvironment } = await import('./services/settings.mjs');
  const { migrate } = await import('./migrate.mjs');
  await up();
  const { DATABASE_URL } = await serviceEnvironment();
  await migrate(DATABASE_URL);
  await generate(DATABASE_URL);
}
