import { expect, test } from '@jest/globals';
import { expandColumns, toExpressions } from './columns.js';

const known = ['a', 'p0', 'p1', 'p2', 'p3', 'b…c', 'label'];

test('ranges stand for the columns between their ends', () => {
  expect(expandColumns(['a', 'p1…p3', 'p0..p1'], known)).toEqual(['a', 'p1', 'p2', 'p3', 'p0', 'p1']);
  expect(expandColumns(['b…c', 'nobody', 'p3…p0', 'a…p1…p2'], known)).toEqual(['b…c']);
});

test('columns side by side are written as a range', () => {
  const said = toExpressions(new Set(['label', 'p3', 'p2', 'p1', 'a']), known);
  expect(said).toEqual(['a', 'p1…p3', 'label']);
  expect(toExpressions(new Set(['p3', 'b…c', 'label']), known)).toEqual(['p3…label']);
  expect(toExpressions(new Set(['p2', 'p3', 'b…c']), known)).toEqual(['p2', 'p3', 'b…c']);
});

test('what is written stands for the same columns again', () => {
  const columns = new Set(['a', 'p0', 'p1', 'p2', 'label']);
  expect(new Set(expandColumns(toExpressions(columns, known), known))).toEqual(columns);
});
