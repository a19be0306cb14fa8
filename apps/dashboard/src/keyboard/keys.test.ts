import { expect, test } from '@jest/globals';
import { KeyReader } from './keys.js';

const press = (key: string, more: Partial<KeyboardEvent> = {}) => ({
  ...{ key, ctrlKey: false, metaKey: false, altKey: false, target: null },
  ...more,
});

test('keys one after the other, the latest of equal ones, and no keys of the browser', () => {
  const reader = new KeyReader();
  const done: string[] = [];
  reader.add({ keys: 'g r', what: 'runs', run: () => done.push('runs') });
  reader.add({ keys: 'r', what: 'resume', run: () => done.push('resume') });
  const forget = reader.add({ keys: 'r', what: 'retry', run: () => done.push('retry') });
  expect(reader.read(press('g'), 0)).toBe(false);
  expect(reader.read(press('r'), 1000)).toBe(true);
  reader.read(press('g'), 2000);
  reader.read(press('r'), 9000); // Too late for the sequence.
  forget();
  reader.read(press('r'), 9100);
  expect(reader.read(press('r', { ctrlKey: true }), 9200)).toBe(false);
  expect(done).toEqual(['runs', 'retry', 'resume']);
  expect(reader.list().map(({ keys }) => keys)).toEqual(['g r', 'r']);
});

// WCAG 2.1, 2.1.4 is about letters, signs and digits; a key with a name, such as Enter, is none of them.
test('keys that are characters are turned off, those with names are not', () => {
  const done: string[] = [];
  const reader = new KeyReader(false);
  for (const keys of ['?', '0', 'X', 'g r', 'Enter', 'ArrowDown'])
    reader.add({ keys, what: keys, run: () => done.push(keys) });
  for (const key of ['?', '0', 'X', 'g', 'r']) expect(reader.read(press(key), 0)).toBe(false);
  reader.read(press('Enter'), 0);
  reader.read(press('ArrowDown'), 0);
  reader.takeCharacters(true);
  reader.read(press('?'), 0);
  expect(done).toEqual(['Enter', 'ArrowDown', '?']);
});
