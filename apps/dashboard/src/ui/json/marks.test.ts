import { expect, test } from '@jest/globals';
import { marksOf, type Finding } from './marks.js';

const finding = (pointer: string | null, more: Partial<Finding> = {}): Finding => ({
  ...{ pointer, message: 'is wrong', hint: null, severity: 'error', ...more },
});
const TEXT = '{"epochs": 0, "epoch": 3}';
const marked = (one: Finding): string | undefined => {
  const [mark] = marksOf(TEXT, [one]);
  return mark && TEXT.slice(mark.from, mark.to);
};

test('a value is marked, a name that is not known, and for what has no place the beginning', () => {
  expect(marked(finding('/epochs'))).toBe('0');
  expect(marked(finding('/epoch', { code: 'unknownKey' }))).toBe('"epoch"');
  expect(marked(finding(null))).toBe('{');
});

test('marks say what to do', () => {
  const [mark] = marksOf(TEXT, [finding('/epochs', { hint: 'Give 1 or more', severity: 'warning' })]);
  expect(mark).toMatchObject({ message: 'is wrong. Give 1 or more', severity: 'warning' });
});

test('what is no JSON has none', () => {
  expect(marksOf('{"epochs": 0', [finding('/epochs')])).toEqual([]);
});
