import { expect, test } from '@jest/globals';
import { storedModel } from './stored.js';

test('a stored definition is built, or refused with the place of what is wrong', () => {
  const dense = { type: 'dense', name: 'out', units: 3, input: [2] };
  expect(storedModel([dense]).outputs).toMatchObject([{ shape: [3] }]);
  let error: unknown = null;
  try {
    storedModel([{ ...dense, units: 0 }]);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toMatchObject({
    code: 'MODEL_INVALID',
    errors: [expect.objectContaining({ pointer: '/0/units' })],
  });
});
