import { expect, test } from '@jest/globals';
import { findPending, forgetPending, keepPending } from './pending.js';

const storage = () => {
  let held: string | null = null;
  return { getItem: () => held, setItem: (_name: string, value: string) => void (held = value) };
};
const file = { name: 'a.csv', size: 10, lastModified: 5 };

test('the same file of the same project is known again, until it is forgotten', () => {
  const store = storage();
  keepPending(store, 'p', file, 'ds_1');
  keepPending(store, 'p', { ...file, name: 'b.csv' }, 'ds_2');
  keepPending(store, 'p', file, 'ds_3');
  expect(findPending(store, 'p', file)).toBe('ds_3');
  expect(findPending(store, 'q', file)).toBeNull();
  for (const other of [{ size: 11 }, { lastModified: 6 }, { name: 'c.csv' }])
    expect(findPending(store, 'p', { ...file, ...other })).toBeNull();
  forgetPending(store, 'p', file);
  expect(findPending(store, 'p', file)).toBeNull();
  expect(findPending(store, 'p', { ...file, name: 'b.csv' })).toBe('ds_2');
});

test('what another version kept is left alone', () => {
  const store = storage();
  store.setItem('', '{"old": true}');
  expect(findPending(store, 'p', file)).toBeNull();
});
