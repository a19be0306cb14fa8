import { expect, test } from '@jest/globals';
import { placeOf, withValue } from './jsonText.js';

const TEXT = `{
  "inputs": [{ "columns": ["a"], "own": 1e-3 }],
  "optimizer": "adam"
}`;

test('one value is changed, and all else is as it was written', () => {
  expect(withValue(TEXT, ['inputs', 0, 'columns', 0], 'b')).toBe(TEXT.replace('"a"', '"b"'));
  const named = withValue(TEXT, ['epochs'], 3);
  expect(named).toContain('"own": 1e-3');
  expect(JSON.parse(named)).toEqual({
    inputs: [{ columns: ['a'], own: 1e-3 }],
    optimizer: 'adam',
    epochs: 3,
  });
});

test('a bare name becomes an object, and what is not there begins as it is by default', () => {
  expect(JSON.parse(withValue(TEXT, ['optimizer', 'learningRate'], 0.1))).toMatchObject({
    optimizer: { name: 'adam', learningRate: 0.1 },
  });
  const initial = ([key]: readonly (string | number)[]): unknown => (key === 'optimizer' ? 'sgd' : undefined);
  expect(JSON.parse(withValue('{}', ['optimizer', 'learningRate'], 0.1, initial))).toEqual({
    optimizer: { name: 'sgd', learningRate: 0.1 },
  });
  expect(JSON.parse(withValue('{"clip": null}', ['clip', 'globalNorm'], 1))).toEqual({
    clip: { globalNorm: 1 },
  });
  expect(JSON.parse(withValue('{}', ['inputs', 0, 'all'], true))).toEqual({ inputs: [{ all: true }] });
});

test('undefined takes a value away, where there is one', () => {
  expect(JSON.parse(withValue('{"a": {"b": 1, "c": 2}}', ['a', 'b'], undefined))).toEqual({ a: { c: 2 } });
  expect(withValue(TEXT, ['optimizer', 'learningRate'], undefined)).toBe(TEXT);
  expect(withValue(TEXT, ['epochs'], undefined)).toBe(TEXT);
});

test.each(['{', '[1]', '"text"', ''])('%p is left as it is', (text) => {
  expect(withValue(text, ['a'], 1)).toBe(text);
});

/** The text that a pointer leads to. */
const found = (text: string, pointer: string, isName = false): string | null => {
  const place = placeOf(text, pointer, isName);
  return place && text.slice(place.from, place.to);
};

test.each([
  ['/optimizer', '"adam"'],
  ['/inputs/0/columns/0', '"a"'],
  ['/inputs/0/columns', '"columns"'],
  ['/inputs', '"inputs"'],
  ['/inputs/0', '{'],
  ['/inputs/0/missing', '{'],
  ['/optimizer/learningRate', '"optimizer"'],
  ['/target/column', '{'],
  ['', '{'],
])('%p leads to %p', (pointer, text) => {
  expect(found(TEXT, pointer)).toBe(text);
});

test('a name that is not known is marked itself, also in a text that is not finished', () => {
  expect(found(TEXT, '/optimizer', true)).toBe('"optimizer"');
  expect(found('{"a/b": {"c": 1, "d', '/a~1b/c')).toBe('1');
  expect(found('', '/a')).toBeNull();
});
