// What Postgres 18 prints for these arrays (SELECT ARRAY[…]::text), and what they are.

import { expect, jest, test } from '@jest/globals';
import { createTextsParser, parseNumbers } from './arrays.js';

const refuse = (text: string): never => {
  throw new Error(`not plain: ${text}`);
};

test('numbers, with those that are none', () => {
  expect(parseNumbers('{}', refuse)).toEqual([]);
  expect(parseNumbers('{1,-0.5,1e-300,NaN,Infinity,-Infinity,0.1}', refuse)).toEqual([
    1,
    -0.5,
    1e-300,
    NaN,
    Infinity,
    -Infinity,
    0.1,
  ]);
});

test('names, of which the same ones are read once', () => {
  const parse = createTextsParser(refuse);
  const names = parse('{loss,dense_1/kernel,valLoss}');
  expect(names).toEqual(['loss', 'dense_1/kernel', 'valLoss']);
  expect(parse('{loss,dense_1/kernel,valLoss}')).toBe(names);
  expect(parse('{loss}')).toEqual(['loss']);
  expect(parse('{}')).toEqual([]);
});

test.each(['{"a b",c}', '{"",c}', '{a\\\\b}', '{NULL,a}', '{{a,b},{c,d}}', '[0:1]={a,b}'])(
  '%s is left to the other parser',
  (text) => {
    const otherwise = jest.fn((given: string) => [given]);
    expect(createTextsParser(otherwise)(text)).toEqual([text]);
    expect(parseNumbers(text, otherwise)).toEqual([text]);
    expect(otherwise).toHaveBeenCalledTimes(2);
  },
);
