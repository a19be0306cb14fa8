import { expect, test } from '@jest/globals';
import { GradstreamError } from '@gradstream/sdk';
import { z } from 'zod';
import { messageOf, technicalOf, toProblems } from './messages.js';

test('an answer of another version is told in plain words, with what was wrong for those who mend it', () => {
  const { error } = z.object({ rows: z.int() }).safeParse({ rows: 'many' });
  expect(messageOf(error)).toMatch(/different versions.*Reload/);
  expect(messageOf(error)).not.toContain('rows');
  expect(technicalOf(error)).toContain('rows');
});

test('other failures speak for themselves', () => {
  const error = new GradstreamError('NOT_FOUND', 'there is no run x');
  expect(messageOf(error)).toContain('there is no run x');
  expect(technicalOf(error)).toBeNull();
});

test('problems of files say their lines', () => {
  const found = [
    { line: 3, message: 'has 1 field' },
    { line: 4, column: 2, message: 'is no number', hint: 'Mend it' },
    { pointer: '/loss', message: 'is wrong' },
  ];
  expect(toProblems(found)).toEqual([
    { pointer: null, place: 'Line 3', message: 'has 1 field', hint: null },
    { pointer: null, place: 'Line 4, field 2', message: 'is no number', hint: 'Mend it' },
    { pointer: '/loss', message: 'is wrong', hint: null },
  ]);
});
