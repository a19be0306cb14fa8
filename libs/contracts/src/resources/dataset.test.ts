import { expect, test } from '@jest/globals';
import { parseInput } from '../errors/zod.js';
import { createDatasetSchema } from './dataset.js';

test('an upload of no bytes is called an empty file', () => {
  const upload = { format: 'csv', bytes: 0 };
  expect(() => parseInput(createDatasetSchema, { name: 'd', upload })).toThrow(
    expect.objectContaining({
      errors: [{ pointer: '/upload/bytes', code: 'too_small', message: 'the file is empty' }],
    }),
  );
});

test('only formats of which so much is read may have more than 1 GiB', () => {
  const refusals = (format: string, bytes: number) => {
    const upload = { format, bytes, multipart: true };
    const { error } = createDatasetSchema.safeParse({ name: 'd', upload });
    return error?.issues.map(({ message }) => message) ?? [];
  };
  const reason = 'only files of the formats npy and parquet may have more than 1073741824 bytes';
  const formats = ['csv', 'tsv', 'jsonl', 'npz', 'images', 'npy', 'parquet'];
  expect(formats.map((format) => refusals(format, 2 ** 30))).toEqual(formats.map(() => []));
  expect(formats.flatMap((format) => (refusals(format, 2 ** 30 + 1).length > 0 ? [format] : []))).toEqual([
    'csv',
    'tsv',
    'jsonl',
    'npz',
    'images',
  ]);
  expect(() =>
    parseInput(createDatasetSchema, {
      name: 'd',
      upload: { format: 'npz', bytes: 2 ** 34, multipart: true },
    }),
  ).toThrow(
    expect.objectContaining({ errors: [{ pointer: '/upload/bytes', code: 'custom', message: reason }] }),
  );
  expect(refusals('npy', 2 ** 34)).toEqual([]);
});
