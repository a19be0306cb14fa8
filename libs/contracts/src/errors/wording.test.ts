import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { createRunSchema } from '../run/spec.js';
import { GradstreamError } from './error.js';
import { parseInput, toProblemItems } from './zod.js';

const SPEC = {
  dataset: `ds_${'0'.repeat(32)}`,
  model: [],
  inputs: [{ columns: ['a'] }],
  target: { column: 'y', task: 'regression' },
  loss: 'meanSquaredError',
};

/** What is said of a spec with these changes: pointer, message and hint of each problem. */
function said(changes: object): unknown[] {
  try {
    parseInput(createRunSchema, { ...SPEC, ...changes });
    return [];
  } catch (error) {
    if (!(error instanceof GradstreamError)) throw error;
    return error.errors.map(({ pointer, message, hint }) => [pointer, message, hint]);
  }
}

test.each([
  [
    { loss: 'meanSquareError' },
    '/loss',
    'there is no loss "meanSquareError"',
    'Did you mean "meanSquaredError"? All are in docs/losses-and-metrics.md',
  ],
  [
    { loss: { name: 'mean_squared_eror' } },
    '/loss/name',
    'there is no loss "mean_squared_eror"',
    /^Did you mean "meanSquaredError"/,
  ],
  [{ metrics: ['acuracy'] }, '/metrics/0', 'there is no metric "acuracy"', /^Did you mean "accuracy"\?/],
  [
    { optimizer: 'adan' },
    '/optimizer',
    'there is no optimizer "adan"',
    'Did you mean "adam" or "adamW" or "nadam"? All are in docs/training.md',
  ],
  [{ optimizer: 'newton' }, '/optimizer', 'there is no optimizer "newton"', /^Known are sgd, adam, adamW, /],
  [{ optimizer: {} }, '/optimizer/name', 'is missing: it says which optimizer', /^Known are sgd, /],
  [
    { optimizer: { name: 'adam', lerningRate: 1 } },
    '/optimizer/lerningRate',
    '"lerningRate" is not known here',
    'Did you mean "learningRate"?',
  ],
  [{ epoch: 3 }, '/epoch', '"epoch" is not known here', 'Did you mean "epochs"?'],
  [{ colour: 3 }, '/colour', '"colour" is not known here', 'Check the spelling, or leave it out'],
  [
    { precision: 'float33' },
    '/precision',
    'must be one of "float32", "bfloat16", "float16", "auto", not "float33"',
    'Did you mean "float32" or "float16"?',
  ],
  [
    { target: { column: 'y' } },
    '/target/task',
    'is missing: it must be one of "classification", "binary", "multilabel", "regression"',
    undefined,
  ],
  [{ batchSize: 'x' }, '/batchSize', 'must be a number, not "x"', undefined],
  [{ name: [1] }, '/name', 'must be a text, not a list', undefined],
  [{ inputs: undefined }, '/inputs', 'is missing: it must be a list', undefined],
  [
    { target: { outputs: { a: SPEC.target } }, loss: { outputs: { a: { loss: 'hunge' } } } },
    '/loss/outputs/a/loss',
    'there is no loss "hunge"',
    /^Did you mean "hinge"/,
  ],
])('%j', (changes, pointer, message, hint) => {
  const expected = hint instanceof RegExp ? expect.stringMatching(hint) : hint;
  expect(said(changes)).toEqual([[pointer, message, expected]]);
});

test('of very many mistakes the first hundred are told', () => {
  const keys = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`key${i}`, 1]));
  const posted = [keys, ...Array.from({ length: 500 }, () => ({ epochs: 'x' }))];
  const { error } = z.array(z.strictObject({ epochs: z.int().optional() })).safeParse(posted);
  const items = toProblemItems(error?.issues ?? [], [], undefined, { input: posted });
  expect(items).toHaveLength(100);
  expect(items[99]).toMatchObject({ pointer: '/0/key99', code: 'unknownKey' });
});
