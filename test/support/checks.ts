// The worker's part of a dataset's check: played, or done as it does it.

import { Config, Logger, Storage } from '@gradstream/platform';
import { DatasetChecks, type DatasetCheck } from '@gradstream/domain';
import { DatasetChecker } from '../../apps/worker/src/datasets/check.js';
import { WorkerFolder } from '../../apps/worker/src/files/workerFolder.js';
import type { TestApi } from './app.js';

/** A checker on the services of the API, and the folder that it works in. */
export function checkerOf({ app }: TestApi): { checker: DatasetChecker; folder: WorkerFolder } {
  const logger = app.get(Logger);
  const folder = new WorkerFolder(app.get(Config), logger);
  return { checker: new DatasetChecker(app.get(DatasetChecks), app.get(Storage), folder, logger), folder };
}

/** What a worker takes on. */
export async function claimCheck({ app }: TestApi, id: string): Promise<DatasetCheck> {
  const check = await app.get(DatasetChecks).claim(id);
  if (!check) throw new Error('the dataset does not wait for its check');
  return check;
}

/** Says that a dataset with the numeric columns a, b and y and twenty rows is ready; its only file holds no shard. */
export async function playCheck(api: TestApi, id: string): Promise<void> {
  const checks = api.app.get(DatasetChecks);
  const check = await claimCheck(api, id);
  const content = Buffer.from('shard');
  const planned = await checks.plan(check, [
    { name: 'index.json', bytes: content.byteLength, sha256: '1'.repeat(64) },
  ]);
  if (!planned) throw new Error('the dataset no longer waits for its check');
  for (const { objectKey } of planned) await api.app.get(Storage).putBytes(objectKey, content);
  const figures = { missing: 0, min: 0, max: 19, mean: 1, std: 1 };
  const columns = Object.entries({ a: 20, b: 3, y: 2 }).map(([name, distinct]) => ({
    ...{ name, type: 'numeric', shape: [], distinct },
    ...figures,
  }));
  await checks.markReady(check, {
    files: planned,
    contentSha256: '2'.repeat(64),
    rows: 20,
    columns,
    statistics: columns.map(({ name, type, distinct }) => ({
      ...{ name, type, count: 20, distinct, quantiles: null, top: [] },
      ...figures,
    })),
    preview: Array.from({ length: 20 }, (_, i) => [String(i), String(i % 3), String(i % 2)]),
    bytes: 1,
    sha256: '0'.repeat(64),
  });
}
