// Faults of the system while a file is read: they say nothing of the file.

import { afterEach, expect, jest, test } from '@jest/globals';
import { open, type FileHandle } from 'node:fs/promises';
import { fixture, tempFolder } from '../testing/files.js';
import { readTable } from '../testing/read.js';
import { openTable } from './open.js';

afterEach(() => {
  jest.restoreAllMocks();
});

/** Makes reads through handles fail, but the first so many. */
async function failAfter(reads: number): Promise<void> {
  const handle = await open(fixture('none.parquet'));
  const prototype = Object.getPrototypeOf(handle) as Pick<FileHandle, 'read'>;
  await handle.close();
  const read = prototype.read;
  let done = 0;
  jest.spyOn(prototype, 'read').mockImplementation(function (this: FileHandle, ...given: unknown[]) {
    if (done++ < reads) return Reflect.apply(read, this, given) as ReturnType<typeof read>;
    return Promise.reject(Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO', syscall: 'read' }));
  });
}

test.each(['images', 'npz'] as const)('a %s that is a folder', async (format) => {
  await expect(openTable(await tempFolder(), { format })).rejects.toMatchObject({ code: 'EISDIR' });
});

test('a Parquet file whose disk fails, at whichever read', async () => {
  const outcomes: string[] = [];
  for (let reads = 0; outcomes.at(-1) !== 'read'; reads++) {
    await failAfter(reads);
    const table = openTable(fixture('nan.parquet'), { format: 'parquet' }).then(readTable);
    outcomes.push(
      await table.then(
        () => 'read',
        (error: unknown) => String(Reflect.get(Object(error), 'code')),
      ),
    );
    jest.restoreAllMocks();
  }
  expect(outcomes.length).toBeGreaterThan(3);
  expect(new Set(outcomes.slice(0, -1))).toEqual(new Set(['EIO']));
});
