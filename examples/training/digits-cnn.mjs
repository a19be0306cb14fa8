// A convolutional network with batch normalization and augmentation: node examples/training/digits-cnn.mjs
import { engine } from '@gradstream/engine';
import { createTraining, fit } from '@gradstream/training';
import { readDigits, showEpoch } from './common.mjs';

const block = (filters) => [
  { type: 'conv2d', filters, kernelSize: 3, padding: 'same', useBias: false },
  { type: 'batchNormalization' },
  { type: 'activation', activation: 'relu' },
];
const model = [
  { type: 'randomTranslation', heightFactor: 0.1, widthFactor: 0.1, fillMode: 'constant', input: [8, 8, 1] },
  ...block(16),
  { type: 'maxPooling2d' },
  ...block(32),
  { type: 'globalAveragePooling2d' },
  { type: 'dense', units: 10, activation: 'softmax' },
];
const training = createTraining(engine.start(), model, {
  loss: 'sparseCategoricalCrossentropy',
  optimizer: { name: 'adamW', learningRate: 0.01 },
  schedule: { name: 'cosine', warmupSteps: 20 },
  metrics: ['accuracy'],
  epochs: 20,
});
const parameters = training.network.trainable.reduce((sum, { variable }) => sum + variable.size, 0);
console.log(`${parameters} parameters in ${training.graph.layers.length} layers`);
let samples = 0;
const began = performance.now();
await fit(training, {
  ...readDigits([8, 8, 1]),
  onEpoch: showEpoch,
  onStep: (step) => (samples += step.samples),
});
console.log(`${Math.round((1000 * samples) / (performance.now() - began))} samples/s, validation included`);
training.dispose();
