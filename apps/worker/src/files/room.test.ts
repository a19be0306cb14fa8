import { expect, test } from '@jest/globals';
import { tmpdir } from 'node:os';
import { requireRoom } from './room.js';

test('what fits is no error, and what does not is STORAGE_FULL with both figures', async () => {
  await requireRoom(tmpdir(), 1);
  await expect(requireRoom(tmpdir(), 2 ** 50)).rejects.toMatchObject({
    code: 'STORAGE_FULL',
    detail: expect.stringMatching(/ \d+ bytes free, 1125899906842624 bytes /),
  });
});
