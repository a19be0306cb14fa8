// What `npm start` asks of the database, and what it says about the key that the first start makes.

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { SetupError } from '../lib/console.mjs';
import { dataFolder } from '../lib/paths.mjs';

const KEY_MS = 10_000;
const keyFile = () => path.join(dataFolder(), 'key.json');

/** Whether a table has no row yet. */
export async function isEmpty(/** @type {string} */ databaseUrl, /** @type {'projects' | 'runs'} */ table) {
  const { default: pg } = await import('pg');
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    return (await client.query(`SELECT 1 FROM ${table} LIMIT 1`)).rowCount === 0;
  } finally {
    await client.end();
  }
}

/** Waits for the key that the API is making, and returns it. @returns {Promise<string>} */
async function madeKey(/** @type {string} */ databaseUrl) {
  const deadline = Date.now() + KEY_MS;
  while (await isEmpty(databaseUrl, 'projects')) {
    if (Date.now() > deadline)
      throw new SetupError(
        'The API made no first key.',
        `See the log in ${path.join(dataFolder(), 'logs')}.`,
      );
    await delay(50);
  }
  return JSON.parse(await readFile(keyFile(), 'utf8')).apiKey;
}

/**
 * The text about the API key: the key itself at the first start, later where it lies.
 * @param {string} databaseUrl
 * @param {boolean} first whether the database was empty before this start
 * @returns {Promise<string>}
 */
export async function keyLine(databaseUrl, first) {
  if (first) return `${await madeKey(databaseUrl)}  (shown only now; kept in ${keyFile()})`;
  if (existsSync(keyFile())) return `in ${keyFile()}`;
  return `made by another installation: set GRADSTREAM_API_KEY for the command line`;
}
