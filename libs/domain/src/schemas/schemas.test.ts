// The schemas, as Ajv reads them: another implementation of JSON Schema.

import { expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Principal } from '../common/principal.js';
import { Schemas } from './schemas.js';

const reader: Principal = { projectId: 'p', keyId: 'k', scopes: ['read'] };
const ajv = new Ajv2020({ strict: false, allErrors: true });
const check = ajv.compile(new Schemas().run(reader));

const digits = path.resolve(import.meta.dirname, '../../../../examples/digits');
const example = (name: string): unknown => JSON.parse(readFileSync(path.join(digits, name), 'utf8'));

/** The digits example as it is posted, with changes. */
const run = (changes: object = {}): object => ({
  ...(example('run.json') as object),
  dataset: `ds_${'0'.repeat(32)}`,
  model: example('model.json'),
  ...changes,
});

const faultsOf = (spec: object): string[] =>
  check(spec) ? [] : (check.errors ?? []).map(({ instancePath }) => instancePath);

test.each(['model.json', 'model-cnn.json'])('the example is one with %s', (file) => {
  expect(faultsOf(run({ model: example(file) }))).toEqual([]);
});

test.each([
  ['a model in the shorthand', { model: [{ type: 'dense', units: 10, input: [64] }] }],
  ['the id of a model', { model: `mdl_${'0'.repeat(32)}` }],
  ['a short name of a loss', { loss: 'mse', metrics: [], target: { column: 'y', task: 'regression' } }],
  ['a short name with options', { loss: { name: 'mae', reduction: 'sum' } }],
  [
    'settings by output',
    { loss: { outputs: { a: { loss: 'hinge' } } }, metrics: { outputs: { a: ['accuracy'] } } },
  ],
  ['a schedule by name', { schedule: 'constant' }],
  ['settings of the optimizer', { optimizer: { name: 'adam', learningRate: 0.01 } }],
])('%s is taken', (_, changes) => {
  expect(faultsOf(run(changes))).toEqual([]);
});

test.each([
  ['a setting that is not known', { epoch: 3 }, ''],
  ['a loss that is not known', { loss: 'sparse' }, '/loss'],
  ['a metric that is not known', { metrics: ['acc'] }, '/metrics/0'],
  ['a number out of range', { epochs: 0 }, '/epochs'],
  ['a layer in an inline model', { model: [{ type: 'dense', units: 0 }] }, '/model/0/units'],
])('%s is told where it is', (_, changes, at) => {
  expect(faultsOf(run(changes))).toContain(at);
});

test('defaults and descriptions are in it', () => {
  const { properties } = new Schemas().run(reader).$defs?.['CreateRun'] ?? {};
  expect(properties).toMatchObject({
    epochs: { default: 10 },
    batchSize: { default: 32 },
    steps: { description: expect.stringContaining('updates') },
  });
});

test('a key without the scope is refused', () => {
  expect(() => new Schemas().model({ ...reader, scopes: [] })).toThrow(/FORBIDDEN/);
});
