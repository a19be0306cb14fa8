import { expect, test } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { headOf } from './head.js';

const line = 'a,b,c\n';

test('a small file is read whole, of a large one whole lines of its beginning', async () => {
  expect(await headOf(new Blob([line, '1,2,3']))).toBe('a,b,c\n1,2,3');
  const head = await headOf(new Blob([line.repeat(100_000)]));
  expect(head.length).toBeLessThanOrEqual(256 * 1024);
  expect(head.endsWith(line)).toBe(true);
});

test('gzip is known by its first bytes, and its end need not be there', async () => {
  const rows = Array.from({ length: 200_000 }, (_, at) => `${(at * 7919) % 10_007},${Math.sin(at)}\n`);
  const packed = gzipSync(['x,y\n', ...rows].join(''));
  expect(packed.byteLength).toBeGreaterThan(256 * 1024);
  expect((await headOf(new Blob([packed]))).slice(0, 8)).toBe('x,y\n0,0\n');
});
