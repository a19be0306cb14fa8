// The digits of examples/: a small run, for figures that are not of training.

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { root } from '../../../tools/lib/paths.mjs';

const folder = path.join(root, 'examples/digits');
const read = async (/** @type {string} */ name) =>
  JSON.parse(await readFile(path.join(folder, name), 'utf8'));

/** Uploads them; returns the spec of the example's run. @returns {Promise<import('@gradstream/sdk').NewRun>} */
export async function prepareDigits(/** @type {import('./system.mjs').System} */ { client }) {
  const csv = new Uint8Array(await readFile(path.join(folder, 'digits.csv')));
  const dataset = await client.datasets.upload('digits', csv);
  const model = await client.models.create({ name: 'digits', definition: await read('model.json') });
  return { ...(await read('run.json')), dataset: dataset.id, model: model.id };
}
