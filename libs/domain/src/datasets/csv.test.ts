import { expect, test } from '@jest/globals';
import { DEFAULT_LIMITS, ingest, openCsv } from '@gradstream/datasets';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { inlineToCsv } from './csv.js';

test('every inline row is a row of the file, also when its only value is missing', async () => {
  const csv = inlineToCsv({ name: 'd', columns: ['a'], rows: [[1], [null], [''], [3]] });
  const folder = await mkdtemp(path.join(tmpdir(), 'gradstream-inline-'));
  try {
    const source = await openCsv(Readable.from([csv]), DEFAULT_LIMITS, ',');
    const { index, statistics } = await ingest(source, { folder });
    expect(index).toMatchObject({ rows: 4, columns: [{ type: 'numeric' }] });
    expect(statistics).toMatchObject([{ count: 2, missing: 2 }]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
