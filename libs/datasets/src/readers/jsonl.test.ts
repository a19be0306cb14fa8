import { describe, expect, test } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { chunksOf } from '../testing/files.js';
import { codesOf, readTable } from '../testing/read.js';
import { openJsonl } from './jsonl.js';
import { DEFAULT_LIMITS } from './limits.js';

const read = async (...parts: (string | Uint8Array)[]) =>
  readTable(await openJsonl(chunksOf(...parts), DEFAULT_LIMITS));

describe('JSON Lines', () => {
  test('keys are columns, what is not there is missing, lists are arrays', async () => {
    const text = '{"a": 1, "b": "x"}\n\n{"b": null, "c": [1, [2]], "a": true}\r\n{"a": 2.5}';
    const table = await read(text);
    expect(table.names).toEqual(['a', 'b', 'c']);
    expect(table.columns).toEqual([
      [1, true, 2.5],
      ['x', null, null],
      [null, [1, [2]], null],
    ]);
    expect(table.lines).toEqual([1, 3, 4]);
    expect(await read(gzipSync(text))).toEqual(table);
  });

  test('columns are those of the lines up to 8 MiB, however the file comes in chunks', async () => {
    // Two lines of 4 MiB or more each pass 8 MiB; the third has another key.
    const long = 'x'.repeat(4 * 2 ** 20 - 5);
    const lines = [`{"a":"${long}"}\n`, `{"a":"${long}"}\n`, '{"a":"y","b":1}\n'];
    for (const parts of [lines, [lines.join('')]]) {
      const table = await read(...parts);
      expect(table.names).toEqual(['a']);
      expect(table.problems).toMatchObject([
        { line: 3, code: 'unknownKey', message: expect.stringContaining('in the first 2 lines') },
      ]);
    }
  });

  test('lines may be cut anywhere, inside characters too', async () => {
    const bytes = Buffer.from('{"é": "ü\\n"}\n{"é": "\u{1f600}"}\n');
    const table = await read(...Array.from(bytes, (byte) => Uint8Array.of(byte)));
    expect([table.names, table.columns]).toEqual([['é'], [['ü\n', '\u{1f600}']]]);
  });

  test('more rows than name the columns', async () => {
    const lines = Array.from({ length: 2500 }, (_, n) => `{"n":${n}}\n`);
    const table = await read(...lines, '{"n":1,"late":2}\n');
    expect(table.rows).toBe(2501);
    expect(codesOf(table.problems)).toEqual(['2501 unknownKey']);
    // However the file comes in chunks.
    const whole = await read([...lines.slice(0, 1000), '{"n":1,"late":2}\n'].join(''));
    expect([whole.names, codesOf(whole.problems)]).toEqual([['n'], ['1001 unknownKey']]);
  });

  test('a key such as __proto__ is a column like any other', async () => {
    const table = await read('{"__proto__": 1, "constructor": 2}\n{}\n');
    expect(table.names).toEqual(['__proto__', 'constructor']);
    expect(table.columns).toEqual([
      [1, null],
      [2, null],
    ]);
  });
});

describe('hostile files', () => {
  test('mistakes are listed with their lines', async () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    const table = await read(
      `{"a":1}\n{"a":\n[1]\n"x"\n{"a":{"b":1}}\n{"a":${deep}}\n{"a":"\\u0000"}\n{"a":NaN}\n`,
    );
    expect(codesOf(table.problems)).toEqual([
      '2 json',
      '3 notObject',
      '4 notObject',
      '5 badValue',
      '6 badValue',
      '7 badValue',
      '8 json',
    ]);
  });

  test.each([
    ['an empty file', [''], 'empty'],
    ['no object at all', ['1\n2\n'], 'no JSON objects'],
    ['bytes that are not UTF-8', [Buffer.from([0x7b, 0xff, 0xfe])], 'line 1: the file is not UTF-8'],
    ['UTF-16', [Buffer.from('{"a":1}\n', 'utf16le')], 'NUL character'],
    ['a gzip that is cut off', [gzipSync('{"a":1}\n'.repeat(100)).subarray(0, 30)], 'cut off'],
  ])('%s', async (_, parts, reason) => {
    await expect(read(...parts)).rejects.toMatchObject({
      code: 'DATASET_UNREADABLE',
      detail: expect.stringContaining(reason) as unknown,
    });
  });

  test('more keys than columns may be', async () => {
    const limits = { ...DEFAULT_LIMITS, maxColumns: 3 };
    const open = openJsonl(chunksOf('{"a":1,"b":1,"c":1,"d":1}\n'), limits);
    await expect(open).rejects.toThrow('more than 3 keys');
  });
});
