import { describe, expect, test } from '@jest/globals';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fixture, tempFolder } from '../../testing/files.js';
import { readTable } from '../../testing/read.js';
import { openTable } from '../open.js';
import { fortranPlaces } from './array.js';
import { fromHalf } from './values.js';

const read = async (name: string, format: 'npy' | 'npz' = 'npy') =>
  readTable(await openTable(fixture(name), { format }));
const upTo = (n: number) => Array.from({ length: n }, (_, at) => at);

describe('arrays that NumPy wrote', () => {
  const quarters = upTo(24).map((n) => n / 4);
  test.each([
    ['c-float32.npy', quarters, 4],
    ['fortran-float64-big.npy', quarters, 4],
    ['bool.npy', [1, 0, 0, 1], 2],
    ['int64.npy', [1, -2, 2 ** 31 - 1, -(2 ** 31)], 2],
    ['uint16-big.npy', [1, 65535], 1],
    // numpy.float16(6e-8) is 5.960464477539063e-08, 2^-24.
    ['half.npy', [0, -0, 1, -2.5, 65504, 2 ** -24, 0.333251953125], 7],
  ])('%s', async (name, values, rows) => {
    const table = await read(name);
    expect(table.names).toEqual(['value']);
    expect([table.rows, table.columns[0]]).toEqual([rows, values]);
  });

  test('types as they are stored', async () => {
    const fixed = async (name: string) =>
      (await openTable(fixture(name), { format: 'npy' })).columns[0]?.fixed;
    expect(await fixed('c-float32.npy')).toEqual({ type: 'array', dtype: 'float32', shape: [3, 2] });
    expect(await fixed('int64.npy')).toEqual({ type: 'array', dtype: 'int32', shape: [2] });
    expect(await fixed('bool.npy')).toEqual({ type: 'array', dtype: 'uint8', shape: [2] });
    expect(await fixed('half.npy')).toEqual({ type: 'numeric', dtype: 'float32', shape: [] });
  });

  test('an NPZ has a column an array, Fortran order and compression included', async () => {
    const table = await read('digits.npz', 'npz');
    expect(table.names).toEqual(['x', 'y', 'f']);
    expect(table.columns).toEqual([upTo(12), [0, 1, 2, 1], upTo(8)]);
    const zeros = await read('zeros.npz', 'npz');
    expect([zeros.rows, zeros.columns[0]?.length]).toEqual([1000, 500_000]);
  });
});

test('halves by the definition of binary16', () => {
  expect([0x3c00, 0xc000, 0x7bff, 0x0001, 0x0400, 0x7c00, 0xfc00].map(fromHalf)).toEqual([
    1,
    -2,
    65504,
    2 ** -24,
    2 ** -14,
    Infinity,
    -Infinity,
  ]);
  expect(fromHalf(0x7e00)).toBeNaN();
});

test("elements of a row in Fortran's order", () => {
  // numpy.arange(6).reshape(3, 2).ravel(order='F') is [0, 2, 4, 1, 3, 5].
  expect(fortranPlaces([3, 2])).toEqual([0, 2, 4, 1, 3, 5]);
});

/** A file with another header: the text is filled up with blanks as NumPy does. */
async function withHeader(text: string, data = Buffer.alloc(8), length?: number): Promise<string> {
  const header = Buffer.from(text.padEnd(117) + '\n', 'latin1');
  const prefix = Buffer.from('\x93NUMPY\x01\x00\0\0', 'latin1');
  prefix.writeUInt16LE(length ?? header.length, 8);
  const file = path.join(await tempFolder(), 'x.npy');
  await writeFile(file, Buffer.concat([prefix, header, data]));
  return file;
}
const literal = (descr: string, shape: string) =>
  `{'descr': ${descr}, 'fortran_order': False, 'shape': ${shape}, }`;

describe('hostile files', () => {
  test.each([
    ['Python objects', 'object.npy', 'Python objects'],
    ['a structured array', 'structured.npy', 'descr'],
  ])('%s', async (_, name, reason) => {
    await expect(read(name)).rejects.toMatchObject({
      code: 'DATASET_UNREADABLE',
      detail: expect.stringContaining(reason) as unknown,
    });
  });

  test.each([
    ['a shape of petabytes', literal("'<f4'", '(1000000000000, 1000)'), 'takes 4000000000000128'],
    ['a shape whose size overflows', literal("'<f8'", '(9999999999999999, 9999999999999999)'), 'takes'],
    ['too few numbers', literal("'<f4'", '(3,)'), 'it has 136 bytes'],
    ['too many numbers', literal("'<f4'", '(1,)'), 'it has 136 bytes'],
    ['a negative shape', literal("'<f4'", '(-2,)'), 'shape'],
    ['no rows', literal("'<f4'", '(0, 5)'), 'no values'],
    ['a single number', literal("'<f8'", '()'), 'without an axis of rows'],
    ['complex numbers', literal("'<c8'", '(1,)'), 'is not read'],
    ['text', literal("'<U2'", '(1,)'), 'is not read'],
    ['nine axes', literal("'<f8'", '(1, 1, 1, 1, 1, 1, 1, 1, 1)'), 'axes'],
    ['a key twice', literal("'<f8'", '(1,)').replace('}', "'shape': (2,), }"), 'does not say shape'],
    ['code in place of a type', literal("__import__('os')", '(1,)'), 'does not say descr'],
  ])('%s', async (_, header, reason) => {
    await expect(openTable(await withHeader(header), { format: 'npy' })).rejects.toMatchObject({
      code: 'DATASET_UNREADABLE',
      detail: expect.stringContaining(reason) as unknown,
    });
  });

  test('a header longer than NumPy reads, one cut off, another magic, an empty file', async () => {
    const file = await withHeader(literal("'<f8'", '(1,)'), Buffer.alloc(8), 60_000);
    await expect(openTable(file, { format: 'npy' })).rejects.toThrow('claims 60000 bytes');
    await writeFile(file, (await readFile(fixture('int64.npy'))).subarray(0, 100));
    await expect(openTable(file, { format: 'npy' })).rejects.toThrow('header is cut off');
    await writeFile(file, 'PK\x03\x04 but no NPY at all');
    await expect(openTable(file, { format: 'npy' })).rejects.toThrow('does not begin as NPY');
    await writeFile(file, '');
    await expect(openTable(file, { format: 'npy' })).rejects.toThrow('does not begin as NPY');
  });

  test('rows of gigabytes, before anything is allocated for them', async () => {
    const file = await withHeader(literal("'<f4'", '(1, 100000000)'), Buffer.alloc(0));
    await truncate(file, 128 + 400_000_000); // A hole: no bytes on the disk.
    await expect(openTable(file, { format: 'npy' })).rejects.toThrow('a row has 400000000 bytes');
  });

  test('an integer beyond 32 bits is named by its row', async () => {
    await expect(read('int64-beyond.npy')).rejects.toThrow('row 2 has an integer beyond 32 bits');
  });

  test('arrays of different lengths in an NPZ', async () => {
    await expect(read('unequal.npz', 'npz')).rejects.toThrow('"x" has 3 rows, "y" has 4');
  });

  test('an NPZ whose bytes were changed, or cut off', async () => {
    const file = path.join(await tempFolder(), 'x.npz');
    const bytes = await readFile(fixture('digits.npz'));
    await writeFile(file, bytes.subarray(0, 300));
    await expect(openTable(file, { format: 'npz' })).rejects.toThrow('no whole ZIP');
    bytes[60] = (bytes[60] ?? 0) ^ 0x10;
    await writeFile(file, bytes);
    const damaged = openTable(file, { format: 'npz' }).then(readTable);
    await expect(damaged).rejects.toMatchObject({ code: 'DATASET_UNREADABLE' });
  });
});
