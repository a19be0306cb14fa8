import { describe, expect, test } from '@jest/globals';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readRows } from './rows.js';

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
