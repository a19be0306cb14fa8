// Files of other tools with one byte changed, or cut off anywhere: read or refused with a reason, never anything else.

import { expect, jest, test } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { fixture, tempFolder } from '../testing/files.js';
import { readTable } from '../testing/read.js';
import { openTable, type OpenTableOptions } from './open.js';

jest.setTimeout(60_000);

type Format = OpenTableOptions['format'];

/** Codes with which files are refused, "read" for those that are not. */
async function outcomesOf(files: Iterable<Buffer>, format: Format): Promise<string[]> {
  const file = path.join(await tempFolder(), 'x');
  const outcomes = new Set<string>();
  for (const bytes of files) {
    await writeFile(file, bytes);
    const read = openTable(file, { format }).then(readTable);
    outcomes.add(
      await read.then(
        () => 'read',
        (error: unknown) => String(Reflect.get(Object(error), 'code') ?? error),
      ),
    );
  }
  return [...outcomes].sort();
}

function* changed(original: Buffer, step: number): Generator<Buffer> {
  for (let at = 0; at < original.length; at += step) {
    const bytes = Buffer.from(original);
    bytes[at] = (bytes[at] ?? 0) ^ 0x15;
    yield bytes;
  }
}

function* cutOff(original: Buffer, step: number): Generator<Buffer> {
  for (let length = 0; length < original.length; length += step) yield original.subarray(0, length);
}

const csv = Buffer.from('a,b,"c d"\n1,"x, ""y""",2024-01-01\n2,é,\n'.repeat(3));
const jsonl = Buffer.from('{"a":1,"b":"é","c":[1,2]}\n{"a":null,"b":"\\u00e9"}\n'.repeat(3));
const originals: readonly (readonly [string, Format, () => Promise<Buffer> | Buffer])[] = [
  ['CSV', 'csv', () => csv],
  ['CSV in gzip', 'csv', () => gzipSync(csv)],
  ['JSON Lines', 'jsonl', () => jsonl],
  ['JSON Lines in gzip', 'jsonl', () => gzipSync(jsonl)],
  ['NPY', 'npy', () => readFile(fixture('fortran-float64-big.npy'))],
  ['NPZ', 'npz', () => readFile(fixture('digits.npz'))],
  ['a ZIP of images in folders', 'images', () => readFile(fixture('folders.zip'))],
  ['a ZIP with a CSV', 'images', () => readFile(fixture('named.zip'))],
  ['Parquet', 'parquet', () => readFile(fixture('nan.parquet'))],
];

const known = ['DATASET_REJECTED', 'DATASET_UNREADABLE', 'read'];

test.each(originals)('%s, with a byte changed', async (_, format, load) => {
  const outcomes = await outcomesOf(changed(await load(), 3), format);
  expect(outcomes).toContain('read'); // A letter for another.
  expect(known).toEqual(expect.arrayContaining(outcomes));
});

test.each(originals)('%s, cut off', async (_, format, load) => {
  const outcomes = await outcomesOf(cutOff(await load(), 5), format);
  expect(known).toEqual(expect.arrayContaining(outcomes));
  // Text that ends early may be whole.
  expect(outcomes).toContain('DATASET_UNREADABLE');
});
