// A transformer encoder tells whether a token comes twice: node examples/training/transformer-duplicates.mjs
import { engine } from '@gradstream/engine';
import { arrayData, createTraining, fit } from '@gradstream/training';
import { showEpoch } from './common.mjs';
const [LENGTH, TOKENS, WIDTH] = [8, 30, 32];
/** Half of the sequences have one token twice. */
function sequences(count) {
  const x = new Int32Array(count * LENGTH);
  const y = Float32Array.from({ length: count }, (_, i) => i % 2);
  for (let i = 0; i < count; i++) {
    const tokens = Array.from({ length: TOKENS }, (_, token) => token).sort(() => Math.random() - 0.5);
    if (y[i] === 1) tokens[1] = tokens[0];
    x.set(
      tokens.slice(0, LENGTH).sort(() => Math.random() - 0.5),
      i * LENGTH,
    );
  }
  return arrayData({ inputs: { values: x, shape: [LENGTH] }, targets: { values: y, shape: [1] } });
}
const model = {
  inputs: [{ name: 'tokens', shape: [LENGTH], dtype: 'int32' }],
  layers: {
    embedded: { type: 'embedding', inputDim: TOKENS, outputDim: WIDTH, inputs: 'tokens' },
    attended: { type: 'multiHeadAttention', numHeads: 4, keyDim: 16, inputs: ['embedded', 'embedded'] },
    sum: { type: 'add', inputs: ['embedded', 'attended'] },
    normal: { type: 'layerNormalization', inputs: 'sum' },
    wide: { type: 'dense', units: 64, activation: 'gelu', inputs: 'normal' },
    pooled: { type: 'globalMaxPooling1d', inputs: 'wide' },
    duplicate: { type: 'dense', units: 1, activation: 'sigmoid', inputs: 'pooled' },
  },
  outputs: 'duplicate',
};
const training = createTraining(engine.start(), model, {
  loss: 'binaryCrossentropy',
  optimizer: { name: 'adam', learningRate: 0.003 },
  metrics: ['accuracy', 'rocAuc'],
  epochs: 16,
});
await fit(training, { train: sequences(6000), validation: sequences(1000), onEpoch: showEpoch });
training.dispose();
