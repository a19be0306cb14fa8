import { expect, test } from '@jest/globals';
import { prepended, refreshed, rowsOf, totalOf, unseen } from './runPages.js';
import { pageOf, runRow } from './testing/rows.js';

const fetched = { pages: [pageOf(['a', 'b'], 4), pageOf(['b', 'c'], 4)], pageParams: [null, 'x'] };
const idsOf = (pages: typeof fetched.pages) => rowsOf(pages).map(({ id }) => id);

test('a run that two pages have is listed once', () => {
  expect(idsOf(fetched.pages)).toEqual(['a', 'b', 'c']);
});

test('fresh rows take the place of the old ones, and those without an answer go', () => {
  const { pages } = refreshed(fetched, ['b', 'c'], [runRow({ id: 'c', step: 99 })]);
  expect(rowsOf(pages)).toMatchObject([
    { id: 'a', step: 10 },
    { id: 'c', step: 99 },
  ]);
  expect(totalOf(pages)).toBe(3);
});

test('new rows stand before the others', () => {
  const newest = pageOf(['n', 'a'], 5);
  const { pages } = prepended(fetched, unseen(fetched, newest), newest.total);
  expect(idsOf(pages)).toEqual(['n', 'a', 'b', 'c']);
  expect(totalOf(pages)).toBe(5);
});
