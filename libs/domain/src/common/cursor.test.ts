import { describe, expect, test } from '@jest/globals';
import { decodeIdCursor, decodeSeqCursor, encodeCursor, toPage } from './cursor.js';

const rows = (...ids: string[]) => ids.map((id) => ({ id }));

describe('cursors', () => {
  test('come back as they went, for their own list alone', () => {
    expect(decodeIdCursor('runs', encodeCursor('runs', 'run_1'))).toBe('run_1');
    expect(decodeSeqCursor('metrics:run_1', encodeCursor('metrics:run_1', 7))).toBe(7);
    expect(decodeSeqCursor('x', undefined)).toBe(0);
    expect(() => decodeIdCursor('models', encodeCursor('runs', 'run_1'))).toThrow(/BAD_CURSOR/);
    expect(() => decodeSeqCursor('a', encodeCursor('a', 'run_1'))).toThrow(/BAD_CURSOR/);
  });

  test.each([
    '',
    'garbage',
    'bnVsbA',
    Buffer.from('["runs",-1]').toString('base64url'),
    Buffer.from('["runs",{}]').toString('base64url'),
    Buffer.from('["runs",5]').toString('base64url'),
    Buffer.from('["runs","run_1\\u0000"]').toString('base64url'),
  ])('%j is refused', (text) => {
    expect(() => decodeIdCursor('runs', text)).toThrow(/BAD_CURSOR/);
  });

  test('a page has a next one only when a row is left over', () => {
    const full = toPage('runs', rows('c', 'b', 'a'), { limit: 2 }, ({ id }) => id);
    expect(full).toEqual({ data: ['c', 'b'], hasMore: true, nextCursor: encodeCursor('runs', 'b') });
    expect(toPage('runs', rows('c', 'b'), { limit: 2 }, ({ id }) => id)).toEqual({
      data: ['c', 'b'],
      hasMore: false,
      nextCursor: null,
    });
    expect(toPage('runs', [], { limit: 2 }, ({ id }: { id: string }) => id)).toEqual({
      data: [],
      hasMore: false,
      nextCursor: null,
    });
  });
});
