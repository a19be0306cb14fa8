// Networks and settings to begin with, for the 8 × 8 digits of the example.

export interface Template {
  readonly id: string;
  readonly title: string;
  readonly hint: string;
  readonly model: unknown;
  readonly settings: Readonly<Record<string, unknown>>;
}

const settings = (name: string, more: object = {}): Template['settings'] => ({
  name,
  inputs: [{ columns: ['p0…p63'], scale: 'minmax' }],
  target: { column: 'label', task: 'classification' },
  split: { train: 0.8, validation: 0.2, by: 'random', seed: 1 },
  loss: 'sparseCategoricalCrossentropy',
  metrics: ['accuracy'],
  optimizer: { name: 'adam', learningRate: 0.001 },
  batchSize: 32,
  epochs: 20,
  seed: 42,
  ...more,
});

const ten = { type: 'dense', units: 10, activation: 'softmax' };

export const templates: readonly Template[] = [
  {
    id: 'mlp',
    title: 'Digits MLP',
    hint: 'Two dense layers',
    model: [
      { type: 'dense', units: 64, activation: 'relu', input: [64] },
      { type: 'dense', units: 32, activation: 'relu' },
      ten,
    ],
    settings: settings('digits mlp'),
  },
  {
    id: 'cnn',
    title: 'Digits CNN',
    hint: 'Convolutions over the image',
    model: [
      { type: 'reshape', targetShape: [8, 8, 1], input: [64] },
      { type: 'conv2d', filters: 16, kernelSize: 3, padding: 'same', activation: 'relu' },
      { type: 'maxPooling2d' },
      { type: 'conv2d', filters: 32, kernelSize: 3, padding: 'same', activation: 'relu' },
      { type: 'flatten' },
      { type: 'dropout', rate: 0.25 },
      ten,
    ],
    settings: settings('digits cnn'),
  },
  {
    id: 'lstm',
    title: 'Digits LSTM',
    hint: 'The rows of the image as a sequence',
    model: [{ type: 'reshape', targetShape: [8, 8], input: [64] }, { type: 'lstm', units: 48 }, ten],
    settings: settings('digits lstm', { clip: { globalNorm: 1 } }),
  },
  {
    id: 'transformer',
    title: 'Digits transformer',
    hint: 'Attention between the rows of the image',
    model: {
      inputs: [{ name: 'pixels', shape: [64] }],
      layers: {
        rows: { type: 'reshape', targetShape: [8, 8], inputs: 'pixels' },
        embedded: { type: 'dense', units: 32, inputs: 'rows' },
        attention: {
          ...{ type: 'multiHeadAttention', numHeads: 4, keyDim: 8 },
          inputs: { query: 'embedded', value: 'embedded' },
        },
        added: { type: 'add', inputs: ['embedded', 'attention'] },
        normed: { type: 'layerNormalization', inputs: 'added' },
        hidden: { type: 'dense', units: 64, activation: 'gelu', inputs: 'normed' },
        back: { type: 'dense', units: 32, inputs: 'hidden' },
        addedAgain: { type: 'add', inputs: ['normed', 'back'] },
        normedAgain: { type: 'layerNormalization', inputs: 'addedAgain' },
        pooled: { type: 'globalAveragePooling1d', inputs: 'normedAgain' },
        digit: { ...ten, inputs: 'pooled' },
      },
      outputs: ['digit'],
    },
    settings: settings('digits transformer', { schedule: { name: 'cosine', warmupSteps: 50 } }),
  },
];
