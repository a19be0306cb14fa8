import { expect, test } from '@jest/globals';
import { ingest } from '../ingest/ingest.js';
import { openCsv } from '../readers/csv.js';
import { openJsonl } from '../readers/jsonl.js';
import { DEFAULT_LIMITS } from '../readers/limits.js';
import { chunksOf, tempFolder } from '../testing/files.js';
import { readPage } from './page.js';
import { ShardedDataset } from './reader.js';

test('rows come as the cells that were stored, missing ones as null', async () => {
  const folder = await tempFolder();
  const lines = ['n,kind,note,at', '1.5,a,one two,2024-02-29T12:00:00Z', ',b,,', '-3,,three,1969-12-31'];
  const source = await openCsv(chunksOf(`${lines.join('\n')}\n`), DEFAULT_LIMITS, ',');
  await ingest(source, { folder, columnTypes: { kind: 'categorical', note: 'text', at: 'timestamp' } });
  const dataset = await ShardedDataset.open(folder);
  const first = { n: 1.5, kind: 'a', note: 'one two', at: '2024-02-29T12:00:00.000Z' };
  const second = { n: null, kind: 'b', note: null, at: null };
  const third = { n: -3, kind: null, note: 'three', at: '1969-12-31T00:00:00.000Z' };
  expect(readPage(dataset, 0, 2)).toEqual({ rows: [first, second], hasMore: true });
  expect(readPage(dataset, 2, 2)).toEqual({ rows: [third], hasMore: false });
  expect(readPage(dataset, 3, 2)).toEqual({ rows: [], hasMore: false });
  dataset.close();
});

test('arrays have their shape', async () => {
  const folder = await tempFolder();
  const rows = [{ m: [1, 2, 3] }, { m: [4, 5, 6] }];
  const text = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  await ingest(await openJsonl(chunksOf(text), DEFAULT_LIMITS), { folder });
  const dataset = await ShardedDataset.open(folder);
  expect(readPage(dataset, 0, 10)).toEqual({ rows, hasMore: false });
  dataset.close();
});
