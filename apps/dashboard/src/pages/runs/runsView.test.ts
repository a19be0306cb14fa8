import { expect, test } from '@jest/globals';
import { firstOrder, readView, writeView } from './runsView.js';

const read = (query: string) => readView(new URLSearchParams(query));

test('an address without words shows all runs, newest first', () => {
  expect(read('')).toEqual({
    ...{ search: '', states: [], tags: [], sort: 'createdAt', order: 'desc', columns: [], selected: [] },
  });
});

test('what an address says wrongly is as usual', () => {
  const view = read('state=failed,flying&sort=loss&order=up&columns=loss.min,loss.mean&tag=');
  expect(view).toMatchObject({
    states: ['failed'],
    sort: 'createdAt',
    order: 'desc',
    columns: ['loss.min'],
    tags: [],
  });
});

test.each([
  'q=50%25&state=running%2Cfailed&tag=a%2Cb&tag=c',
  'sort=valLoss.min&order=desc&columns=loss.last%2Chead%2Faccuracy.max',
  'selected=run_1%2Crun_2',
])('%s says what was read from it', (query) => {
  expect(writeView(read(query), new URLSearchParams()).toString()).toBe(query);
});

test('parameters of others stay', () => {
  expect(writeView(read('q=a'), new URLSearchParams('x=1&q=b&tag=c')).toString()).toBe('x=1&q=a');
});

test('what one wants to see first', () => {
  expect(firstOrder('createdAt')).toBe('desc');
  expect(firstOrder('name')).toBe('asc');
  expect(firstOrder('loss.min')).toBe('asc');
  expect(firstOrder('valLoss.last')).toBe('asc');
  expect(firstOrder('valAccuracy.max')).toBe('desc');
});
