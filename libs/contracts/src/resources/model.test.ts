import { expect, test } from '@jest/globals';
import { GradstreamError } from '../errors/error.js';
import { parseInput } from '../errors/zod.js';
import { createModelSchema } from './model.js';

const definition = { class_name: 'Sequential', config: { layers: [] } };
const parse = (value: unknown) => parseInput(createModelSchema, { name: 'm', definition: value });

test('a definition is an object, or the text that Keras writes', () => {
  expect(parse(definition).definition).toEqual(definition);
  expect(parse(JSON.stringify(definition)).definition).toEqual(definition);
});

test.each([
  ['broken JSON', '{"class_name": ', 'is a text that is not valid JSON'],
  ['the JSON of a list', '[1]', 'is a text whose JSON is no object'],
  ['text that nests too deep', `{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`, 'is nested more than'],
  ['a text that cannot be stored', '{"a":"\\u0000"}', 'cannot be stored'],
  ['an object that cannot be stored', { a: '\0' }, 'cannot be stored'],
  ['a number', 7, 'expected record'],
])('refused: %s', (_, value, message) => {
  let thrown: unknown;
  try {
    parse(value);
  } catch (error) {
    thrown = error;
  }
  if (!(thrown instanceof GradstreamError)) throw new Error('it was taken');
  expect(thrown.errors).toHaveLength(1);
  expect(thrown.errors[0]).toMatchObject({
    pointer: '/definition',
    message: expect.stringContaining(message),
  });
});
