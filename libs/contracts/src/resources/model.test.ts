import { expect, test } from '@jest/globals';
import { GradstreamError } from '../errors/error.js';
import { parseInput } from '../errors/zod.js';
import { createModelSchema } from './model.js';

const definition = { class_name: 'Sequential', config: { layers: [] } };
const parse = (value: unknown) => parseInput(createModelSchema, { name: 'm', definition: value });

const layers = [{ type: 'dense', units: 1, input: [4] }];

test.each([[definition], [layers]])('a definition is an object, a list, or the text of one: %j', (given) => {
  expect(parse(given).definition).toEqual(given);
  expect(parse(JSON.stringify(given)).definition).toEqual(given);
});

test.each([
  ['broken JSON', '{"class_name": ', 'is a text that is not valid JSON'],
  ['the JSON of a number', '1', 'is a text whose JSON is neither an object nor a list'],
  ['a list that cannot be stored', ['\0'], 'cannot be stored'],
  ['text that nests too deep', `{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`, 'is nested more than'],
  ['a text that cannot be stored', '{"a":"\\u0000"}', 'cannot be stored'],
  ['an object that cannot be stored', { a: '\0' }, 'cannot be stored'],
  ['a number', 7, 'must be an object'],
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
