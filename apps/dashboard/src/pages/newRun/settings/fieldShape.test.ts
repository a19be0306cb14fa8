import { expect, test } from '@jest/globals';
import { SchemaReader } from '../../../ui/json/SchemaReader.js';
import { runSchema } from '../../../ui/json/testing/runSchema.js';
import { defaultText, fieldShape, labelOf } from './fieldShape.js';

const reader = new SchemaReader(runSchema);

test.each([
  [['epochs'], { epochs: [] }, 'number', [], 10],
  [['shuffle'], { shuffle: false }, 'choice', [true, false], true],
  [['optimizer'], { optimizer: { name: 'sgd' } }, 'choice', ['adam', 'sgd'], 'adam'],
  [['optimizer', 'learningRate'], { optimizer: { name: 'sgd', learningRate: 1 } }, 'number', [], 0.01],
  [['telemetry', 'every'], {}, 'number', ['auto'], 'auto'],
  [['split', 'train'], { split: { train: 0.7 } }, 'number', [], 0.8],
  [['schedule', 'decaySteps'], { schedule: { name: 'exponential' } }, 'number', [], undefined],
] as const)('the field of %p in %p', (path, document, kind, choices, initial) => {
  expect(fieldShape(reader, path, document)).toMatchObject({ kind, choices, initial });
});

test('what is required is known', () => {
  const document = { schedule: { name: 'exponential' } };
  expect(fieldShape(reader, ['schedule', 'decaySteps'], document)).toMatchObject({ isRequired: true });
  expect(fieldShape(reader, ['epochs'], document)).toMatchObject({ isRequired: false });
});

test('what the schema does not know has no field', () => {
  expect(fieldShape(reader, ['nobody'], {})).toBeNull();
});

test('defaults and names in words', () => {
  const text = (initial: unknown, isRequired = false): string => defaultText({ initial, isRequired });
  expect([null, true, 0.5, 'adam'].map((initial) => text(initial))).toEqual([
    ...['default: none', 'default: on', 'default: 0.5', 'default: adam'],
  ]);
  expect([text(undefined, true), text(undefined)]).toEqual(['has to be said', 'not set']);
  expect(['minLearningRate', 'beta1', 'epochs', 'everyEpochs'].map(labelOf)).toEqual([
    ...['Min learning rate', 'Beta 1', 'Epochs', 'Every epochs'],
  ]);
});
