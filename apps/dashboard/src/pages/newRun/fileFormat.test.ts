import { expect, test } from '@jest/globals';
import { formatOf } from './fileFormat.js';

test.each([
  ['digits.csv', 'csv'],
  ['a.b.TSV', 'tsv'],
  ['rows.ndjson.gz', 'jsonl'],
  ['cats.zip', 'images'],
  ['README', 'csv'],
])('%s is read as %s', (name, format) => {
  expect(formatOf(name)).toEqual({ format });
});
