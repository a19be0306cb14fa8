// Predictions for a dataset of large images, page by page: every row once, and of none of them in the worker's memory.

import { expect, jest, test } from '@jest/globals';
import { type Predictions } from '@gradstream/sdk';
import { readFile } from 'node:fs/promises';
import { untilEnd } from '../support/history.js';
import { greyPng, zipOf } from '../support/images.js';
import { useSystem } from '../support/system.js';

jest.setTimeout(180_000);

const [ROWS, SIZE] = [600, 256];
/** How much more memory than before a worker may take: the rows are 37.5 MiB, as lists of numbers ten times as much. */
const MORE_BYTES = 100 * 2 ** 20;

const system = useSystem();

/** The most memory that the worker has taken, in bytes. */
async function peak(): Promise<number> {
  const status = await readFile(`/proc/${String(system.worker.child.pid)}/status`, 'utf8');
  return 1024 * Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]);
}

test('pages end by bytes, hold every row once, and leave the worker small', async () => {
  // Dark ones and bright ones, by turns.
  const files = Object.fromEntries(
    Array.from({ length: ROWS }, (_, number) => {
      const [name, level] = number % 2 === 0 ? ['dark', 40] : ['bright', 200];
      return [`${name}/${number}.png`, greyPng(SIZE, () => level)];
    }),
  );
  const dataset = await system.client.datasets.upload('large', zipOf(files), { format: 'images' });
  const channels = dataset.columns?.find(({ type }) => type === 'image')?.shape[2] ?? 0;
  const run = await system.client.runs.create({
    dataset: dataset.id,
    model: [
      { type: 'flatten', input: [2, 2, channels] },
      { type: 'dense', units: 2, activation: 'softmax' },
    ],
    inputs: [{ all: true }],
    target: { column: 'label', task: 'classification' },
    split: { by: 'stratified' },
    loss: 'sparseCategoricalCrossentropy',
    optimizer: { name: 'adam', learningRate: 0.1 },
    epochs: 10,
  });
  await untilEnd(system.client, run.id);
  const [checkpoint] = (await system.client.runs.checkpoints(run.id, { limit: 1 })).data;
  const before = await peak();

  const pages: Predictions[] = [];
  for (let after: string | null = null, more = true; more;) {
    const page: Predictions = await system.client.checkpoints.predict(checkpoint?.id ?? '', {
      dataset: dataset.id,
      ...(after === null ? {} : { after }),
    });
    pages.push(page);
    ({ nextCursor: after, hasMore: more } = page);
  }
  const grown = (await peak()) - before;
  process.stdout.write(`the worker's peak grew by ${Math.round(grown / 2 ** 20)} MiB\n`);
  // A row has 65,536 pixels and a label of 4 bytes: 511 rows are less than 32 MiB, 512 are more.
  expect(pages.map(({ data }) => data.length)).toEqual([511, ROWS - 511]);
  const classes = pages.flatMap(({ data }) => data.map((one) => one.class));
  const wanted = (await rowClasses(dataset.id)).slice(0, classes.length);
  expect(classes.slice(0, wanted.length)).toEqual(wanted);
  for (const name of ['dark', 'bright']) expect(classes.filter((one) => one === name)).toHaveLength(ROWS / 2);
  expect(grown).toBeLessThan(MORE_BYTES);
});

/** The labels of the first rows, as the preview shows them. */
async function rowClasses(id: string): Promise<unknown[]> {
  const { columns, rows } = await system.client.datasets.preview(id);
  const at = columns.indexOf('label');
  return rows.map((row) => row[at]);
}
