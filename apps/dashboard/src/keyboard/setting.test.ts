import { expect, test } from '@jest/globals';
import { loadTakesCharacters, saveTakesCharacters } from './setting.js';

test('keys are on until they are turned off, and that is kept', () => {
  const stored = new Map<string, string>();
  const storage = {
    getItem: (name: string) => stored.get(name) ?? null,
    setItem: (name: string, value: string) => void stored.set(name, value),
  };
  expect(loadTakesCharacters(storage)).toBe(true);
  saveTakesCharacters(storage, false);
  expect(loadTakesCharacters(storage)).toBe(false);
  saveTakesCharacters(storage, true);
  expect(loadTakesCharacters(storage)).toBe(true);
});
