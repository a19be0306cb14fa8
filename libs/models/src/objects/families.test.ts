// Activations, initializers, regularizers and constraints in every form that they are written in.

import { describe, expect, test } from '@jest/globals';
import { activationConfig, activations, activationSchema } from '../activations/index.js';
import { constraintConfig, constraintSchema } from '../constraints/index.js';
import { initializerConfig, initializerSchema } from '../initializers/index.js';
import { regularizerConfig, regularizerSchema } from '../regularizers/index.js';

describe('what Keras 3 is given reads as the same', () => {
  test.each(activations)('%s', (name) => {
    expect(activationSchema.parse(activationConfig(name))).toBe(name);
  });

  test.each(['zeros', 'Ones', 'RandomUniform', 'glorot_normal', 'lecunUniform', 'Orthogonal', 'identity'])(
    'initializer %s',
    (name) => {
      const value = initializerSchema.parse(name);
      expect(initializerSchema.parse(initializerConfig(value))).toEqual(value);
    },
  );

  test.each(['l1', 'L2', 'l1_l2', { class_name: 'OrthogonalRegularizer', config: { mode: 'columns' } }])(
    'regularizer %j',
    (given) => {
      const value = regularizerSchema.parse(given);
      expect(regularizerSchema.parse(regularizerConfig(value))).toEqual(value);
    },
  );

  test.each([
    'max_norm',
    'NonNeg',
    'unitNorm',
    { className: 'MinMaxNorm', config: { rate: 0.5, axis: [0, 1] } },
  ])('constraint %j', (given) => {
    const value = constraintSchema.parse(given);
    expect(constraintSchema.parse(constraintConfig(value))).toEqual(value);
  });
});

test("Keras 3's, Keras 2's and the short form mean the same", () => {
  const expected = initializerSchema.parse({ name: 'heNormal' });
  const keras3 = {
    module: 'keras.initializers',
    class_name: 'HeNormal',
    config: { seed: null },
    registered_name: null,
  };
  for (const given of ['he_normal', 'HeNormal', keras3, { className: 'HeNormal', config: { seed: null } }])
    expect(initializerSchema.parse(given)).toEqual(expected);
});

test.each([
  [initializerSchema, 'glorot_unifrom', 'did you mean "glorot_uniform"?'],
  [initializerSchema, { class_name: 'Zeros', config: { scale: 2 } }, 'scale'],
  [initializerSchema, { class_name: 'RandomNormal', config: { stddev: Number.NaN } }, 'NaN'],
  [
    initializerSchema,
    { class_name: 'RandomUniform', config: { minval: 1, maxval: 0 } },
    'minval is above maxval',
  ],
  [initializerSchema, 'stft', 'not supported'],
  [initializerSchema, '__proto__', 'is no known initializer'],
  [initializerSchema, JSON.parse('{"__proto__": {"class_name": "Zeros"}}'), 'has no class_name'],
  [regularizerSchema, 'l3', 'did you mean'],
  [regularizerSchema, { class_name: 'L2', config: { l2: -1 } }, '>=0'],
  [constraintSchema, [1], 'must be the name of a known constraint'],
  [activationSchema, 'reul', 'did you mean "relu"?'],
  [activationSchema, { class_name: 'LeakyReLU', config: {} }, 'must be the name of an activation'],
])('refused, %#: %j', (schema, given, message) => {
  const { success, error } = schema.safeParse(given);
  expect(success).toBe(false);
  expect(JSON.stringify(error?.issues)).toContain(message.replaceAll('"', '\\"'));
});
