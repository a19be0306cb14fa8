// The digits of examples/, uploaded, with a small network.

import type { Gradstream, NewModel, NewRun } from '@gradstream/sdk';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

const folder = path.resolve(import.meta.dirname, '../../examples/digits');
const read = async <T>(name: string): Promise<T> =>
  JSON.parse(await readFile(path.join(folder, name), 'utf8')) as T;

/** The example's run, complete. Rows that are repeated make a dataset that no worker has a copy of. */
export async function prepareDigits(client: Gradstream, repeatRows = 1): Promise<NewRun> {
  const [header = '', ...rows] = (await readFile(path.join(folder, 'digits.csv'), 'utf8')).trim().split('\n');
  const text = [header, ...Array.from({ length: repeatRows }, () => rows).flat(), ''].join('\n');
  const dataset = await client.datasets.upload('digits', new TextEncoder().encode(text));
  const definition = await read<NewModel['definition']>('model.json');
  const model = await client.models.create({ name: 'mlp', definition });
  return {
    ...(await read<Omit<NewRun, 'dataset' | 'model'>>('run.json')),
    dataset: dataset.id,
    model: model.id,
  };
}
