// A schema in the forms that the server's have: names alone or with settings, defaults, layers by their type.

const named = (name: string, properties: object, required: readonly string[] = []): object => ({
  type: 'object',
  properties: { name: { type: 'string', const: name }, ...properties },
  required: ['name', ...required],
  additionalProperties: false,
});

const rate = (initial: number): object => ({ type: 'number', exclusiveMinimum: 0, default: initial });

export const runSchema = {
  $ref: '#/$defs/Run',
  $defs: {
    Run: {
      type: 'object',
      properties: {
        optimizer: {
          default: 'adam',
          anyOf: [
            { enum: ['adam', 'sgd'] },
            {
              oneOf: [
                named('adam', { learningRate: rate(0.001), amsgrad: { type: 'boolean', default: false } }),
                named('sgd', { learningRate: rate(0.01), momentum: { type: 'number', default: 0 } }),
              ],
            },
          ],
        },
        schedule: {
          default: 'constant',
          anyOf: [
            { enum: ['constant'] },
            {
              oneOf: [
                named('constant', {}),
                named('exponential', { decaySteps: { type: 'integer' } }, ['decaySteps']),
              ],
            },
          ],
        },
        split: {
          default: {},
          type: 'object',
          properties: { train: { anyOf: [rate(0.8), { type: 'array' }] } },
        },
        epochs: { type: 'integer', default: 10, description: 'Passes over the rows' },
        shuffle: { type: 'boolean', default: true },
        clip: {
          default: null,
          anyOf: [
            {
              anyOf: [
                { type: 'object', properties: { globalNorm: { type: 'number' } }, required: ['globalNorm'] },
                { type: 'object', properties: { value: { type: 'number' } }, required: ['value'] },
              ],
            },
            { type: 'null' },
          ],
        },
        telemetry: {
          default: {},
          type: 'object',
          properties: {
            every: {
              anyOf: [{ type: 'integer' }, { type: 'null' }, { type: 'string', const: 'auto' }],
              default: 'auto',
            },
          },
        },
        metrics: {
          default: [],
          anyOf: [
            { type: 'array', items: { anyOf: [{ enum: ['accuracy', 'f1'] }, { oneOf: [named('f1', {})] }] } },
            { type: 'object', properties: { outputs: { type: 'object' } }, required: ['outputs'] },
          ],
        },
        model: { anyOf: [{ type: 'string' }, { $ref: '#/$defs/Chain' }] },
      },
    },
    Chain: {
      type: 'array',
      prefixItems: [{ $ref: '#/$defs/Layer', properties: { input: { type: 'array' } } }],
      items: { $ref: '#/$defs/Layer' },
    },
    Layer: {
      type: 'object',
      required: ['type'],
      properties: {
        type: { anyOf: [{ enum: ['dense', 'dropout'] }, { type: 'string' }] },
        name: { type: 'string' },
      },
      allOf: [
        {
          if: { properties: { type: { enum: ['dense', 'Dense'] } }, required: ['type'] },
          then: {
            properties: {
              units: { type: 'integer', description: 'Width of the output' },
              activation: { enum: ['relu', 'softmax'], default: 'linear' },
              ...{ type: true, name: true, input: true },
            },
            allOf: [{ anyOf: [{ required: ['units'] }] }],
          },
        },
        {
          if: { properties: { type: { enum: ['dropout', 'Dropout'] } }, required: ['type'] },
          then: { properties: { rate: { type: 'number' }, type: true } },
        },
      ],
    },
  },
};
