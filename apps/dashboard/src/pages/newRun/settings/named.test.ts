import { expect, test } from '@jest/globals';
import { SchemaReader } from '../../../ui/json/SchemaReader.js';
import { runSchema } from '../../../ui/json/testing/runSchema.js';
import { nameAt, optionsAt, renamed } from './named.js';

const reader = new SchemaReader(runSchema);
const at = ['optimizer'];

test('a name, alone or in an object', () => {
  expect(nameAt({ optimizer: 'sgd' }, at)).toBe('sgd');
  expect(nameAt({ optimizer: { name: 'sgd' } }, at)).toBe('sgd');
  expect(nameAt({ optimizer: { learningRate: 1 } }, at)).toBeUndefined();
});

test('options are of what is named, or of the default', () => {
  expect(optionsAt(reader, at, {})).toEqual(['learningRate', 'amsgrad']);
  expect(optionsAt(reader, at, { optimizer: 'sgd' })).toEqual(['learningRate', 'momentum']);
});

test('another name keeps the options that both have', () => {
  const document = { optimizer: { name: 'adam', learningRate: 0.1, amsgrad: true } };
  expect(renamed(reader, at, document, 'sgd')).toEqual({ name: 'sgd', learningRate: 0.1 });
  expect(renamed(reader, at, { optimizer: { name: 'adam', amsgrad: true } }, 'sgd')).toBe('sgd');
  expect(renamed(reader, at, {}, 'sgd')).toBe('sgd');
});
