import { describe, expect, test } from '@jest/globals';
import { cursorOf, decodeSeqCursor, encodeCursor, toKeyset, toPage, type CursorList } from './cursor.js';

const id = (digit: string): string => `run_${digit.repeat(32)}`;
const rows = (...digits: string[]) => digits.map((digit) => ({ id: id(digit) }));
const runs: CursorList = { noun: 'runs', owner: 'prj_1' };
const raw = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('cursors', () => {
  test('come back as they went, for their own list alone', () => {
    const after = cursorOf(runs, id('1'));
    expect(toKeyset(runs, { after, limit: 2 })).toEqual({ before: id('1'), limit: 3 });
    expect(toKeyset(runs, { limit: 2 })).toEqual({ before: null, limit: 3 });
    for (const other of [
      { ...runs, noun: 'models' as const },
      { ...runs, owner: 'prj_2' },
    ]) {
      expect(() => toKeyset(other, { after, limit: 2 })).toThrow(/BAD_CURSOR/);
    }
    expect(decodeSeqCursor('metrics:run_1', encodeCursor('metrics:run_1', 7))).toBe(7);
    expect(decodeSeqCursor('x', undefined)).toBe(0);
    expect(() => decodeSeqCursor('a', encodeCursor('a', id('1')))).toThrow(/BAD_CURSOR/);
    expect(() => toKeyset(runs, { after: encodeCursor('runs:prj_1', 7), limit: 2 })).toThrow(/BAD_CURSOR/);
  });

  test.each([
    '',
    'garbage',
    'bnVsbA',
    raw(['runs:prj_1', -1]),
    raw(['runs:prj_1', {}]),
    raw(['runs:prj_1', 'run_\u0000']),
  ])('%j is refused', (after) => {
    expect(() => toKeyset(runs, { after, limit: 2 })).toThrow(/BAD_CURSOR/);
  });

  test('a page has a next one only when a row is left over', () => {
    const full = toPage(runs, rows('c', 'b', 'a'), { limit: 2 }, (row) => row.id);
    expect(full).toEqual({ data: [id('c'), id('b')], hasMore: true, nextCursor: cursorOf(runs, id('b')) });
    const rest = { hasMore: false, nextCursor: null };
    expect(toPage(runs, rows('c', 'b'), { limit: 2 }, (row) => row.id)).toMatchObject(rest);
    expect(toPage(runs, [], { limit: 2 }, (row: { id: string }) => row.id)).toEqual({ data: [], ...rest });
  });
});
