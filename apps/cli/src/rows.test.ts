import { describe, expect, test } from '@jest/globals';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { batchesOf, onlyColumns, readRows } from './rows.js';

async function rowsOf(name: string, text: string): Promise<unknown> {
  const file = path.join(await mkdtemp(path.join(tmpdir(), 'gradstream-rows-')), name);
  await writeFile(file, text);
  return readRows(file);
}

describe('rows of a file', () => {
  test('a CSV has them by name of column', async () => {
    expect(await rowsOf('rows.CSV', '\ufeffa, b\n1,"x, y"\n2,\n')).toEqual([
      { a: '1', b: 'x, y' },
      { a: '2', b: '' },
    ]);
  });

  test('JSON is taken as it is', async () => {
    expect(await rowsOf('rows.json', '[{"a":1},[2]]')).toEqual([{ a: 1 }, [2]]);
  });

  test.each([
    ['rows.csv', 'a,b\n1\n', /is not valid CSV/],
    ['rows.json', '{"a":1}', /holds no list of rows/],
    ['rows.json', '[', /is not valid JSON/],
  ])('%s with %j is refused by its name', async (name, text, message) => {
    await expect(rowsOf(name, text)).rejects.toThrow(message);
  });
});

test('columns that a run does not use are left out, and named once', () => {
  const rows = [{ a: 1, price: 2 }, { a: 3, price: 4, note: 'x' }, [5]];
  expect(onlyColumns(rows, ['a', 'b'])).toEqual({ rows: [{ a: 1 }, { a: 3 }, [5]], left: ['price', 'note'] });
});

describe('batches', () => {
  const rows = [{ a: 'x' }, { a: 'é' }, { a: 'zzz' }, { a: 'w'.repeat(90) }, { a: 'x' }];
  const sizes = (most: number, bytes: number): number[] =>
    [...batchesOf(rows, { rows: most, bytes })].map((batch) => batch.length);

  test('keep the order, and end at so many rows or bytes', () => {
    expect([...batchesOf(rows, { rows: 2, bytes: 1000 })]).toEqual([
      rows.slice(0, 2),
      rows.slice(2, 4),
      rows.slice(4),
    ]);
    // As JSON: {"a":"x"} 9 bytes, {"a":"é"} 10, {"a":"zzz"} 11, and the fourth 98; commas and brackets between.
    expect(sizes(100, 9 + 10 + 11 + 3 + 2)).toEqual([3, 1, 1]);
    expect(sizes(100, 9 + 10 + 11 + 3 + 1)).toEqual([2, 1, 1, 1]);
  });

  test('have a row that is too large for them alone, for the server to say so', () => {
    expect(sizes(100, 5)).toEqual([1, 1, 1, 1, 1]);
    expect([...batchesOf([], { rows: 1, bytes: 1 })]).toEqual([]);
  });
});
