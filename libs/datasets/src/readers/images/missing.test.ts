// An installation whose sharp has no binary for the machine.

import { expect, jest, test } from '@jest/globals';
import { fixture } from '../../testing/files.js';

jest.unstable_mockModule('sharp', () => {
  throw new Error('Could not load the "sharp" module');
});

test('no image is blamed for it', async () => {
  const { openTable } = await import('../open.js');
  const source = openTable(fixture('folders.zip'), { format: 'images' });
  await expect(source).rejects.toThrow('Could not load the "sharp" module');
});
