import { expect, test } from '@jest/globals';
import { inspectCsv } from '@gradstream/datasets';
import { Readable } from 'node:stream';
import { inlineToCsv } from './csv.js';

test('every inline row is a row of the file, also when its only value is missing', async () => {
  const csv = inlineToCsv({ name: 'd', columns: ['a'], rows: [[1], [null], [''], [3]] });
  const inspection = await inspectCsv(Readable.from([csv]), { maxBytes: 1000 });
  expect(inspection).toMatchObject({ ok: true, rows: 4, columns: [{ missing: 2, type: 'numeric' }] });
});
