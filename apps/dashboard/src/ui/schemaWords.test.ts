import { expect, test } from '@jest/globals';
import { schemaWords } from './schemaWords.js';

test('names and values at any depth, each once', () => {
  const schema = {
    properties: { type: { const: 'dense' }, units: { type: 'integer' } },
    anyOf: [{ properties: { type: { const: 'conv2d' }, padding: { enum: ['same', 'valid', null] } } }],
  };
  expect(schemaWords(schema)).toEqual({
    names: ['padding', 'type', 'units'],
    values: ['conv2d', 'dense', 'same', 'valid'],
  });
});
