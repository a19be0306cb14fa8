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
