import { describe, expect, test } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { chunksOf } from '../testing/files.js';
import { codesOf, readTable } from '../testing/read.js';
import { openCsv } from './csv.js';
import { DEFAULT_LIMITS } from './limits.js';

const read = async (delimiter: ',' | '\t', ...parts: (string | Uint8Array)[]) =>
  readTable(await openCsv(chunksOf(...parts), DEFAULT_LIMITS, delimiter));

test('TSV, with commas in its fields', async () => {
  const table = await read('\t', 'a\tb\n1,5\t"x\ty"\n');
  expect([table.names, table.columns]).toEqual([
    ['a', 'b'],
    [['1,5'], ['x\ty']],
  ]);
});

test('lines are those of the file, quoted breaks and empty lines counted', async () => {
  const table = await read(',', 'a,b\n\n1,"two\nlines"\n', '\n2,x', '\n3\n');
  expect([table.rows, table.lines, codesOf(table.problems)]).toEqual([2, [4, 6], ['7 ragged']]);
});

describe('files that cannot be read', () => {
  test.each([
    ['an empty file', [''], '1 empty'],
    ['a name twice', ['a,,a\n1,2,3\n'], '1 emptyHeader,1 duplicateHeader'],
    ['semicolons', ['a;b\n1;2\n'], '1 separator'],
    ['an unclosed quote', ['a,b\n1,"2\n3,4\n'], '3 syntax'],
    ['a quote inside a field', ['a,b\n1,2"3"\n'], '2 syntax'],
    ['UTF-16', [Buffer.from('a,b\n1,2\n', 'utf16le')], '1 encoding'],
    ['Latin-1', [Buffer.from('a,b\n1,\xe9t\xe9\n', 'latin1')], '1 encoding'],
    ['a gzip cut off', [gzipSync('a,b\n1,2\n').subarray(0, 20)], '0 gzip'],
    [
      'a gzip with a wrong checksum',
      [gzipSync('a\n1\n').map((byte, at, all) => (at < all.length - 8 ? byte : 0))],
      '0 gzip',
    ],
  ])('%s', async (_, parts, codes) => {
    const error: unknown = await read(',', ...parts).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: 'DATASET_UNREADABLE' });
    expect(codesOf((error as { errors: [] }).errors).join(',')).toBe(codes);
  });

  test('more columns than there may be', async () => {
    const header = Array.from({ length: 10_001 }, (_, n) => `c${n}`).join(',');
    await expect(read(',', `${header}\n`)).rejects.toThrow('10001 columns, the limit is 10000');
    // Of so many names, none is listed.
    await expect(read(',', `${','.repeat(20_000)}\n`)).rejects.toMatchObject({
      errors: [{ code: 'tooManyColumns' }],
    });
  });

  test('no more of its header than is listed, and long names cut off', async () => {
    await expect(read(',', `${','.repeat(300)}\n`)).rejects.toMatchObject({
      errors: { length: 100 },
    });
    const name = 'n'.repeat(1000);
    await expect(read(',', `${name},${name}\n`)).rejects.toMatchObject({
      errors: [{ column: 2, message: `the name "${'n'.repeat(40)}…" is there twice` }],
    });
  });
});
