// A small network learns 8×8 handwritten digits: node examples/training/digits-mlp.mjs
import { engine } from '@gradstream/engine';
import { createTraining, fit, predict } from '@gradstream/training';
import { readDigits, showEpoch } from './common.mjs';

const model = [
  { type: 'dense', units: 64, activation: 'relu', input: [64] },
  { type: 'dropout', rate: 0.2 },
  { type: 'dense', units: 10, activation: 'softmax' },
];
const training = createTraining(engine.start(), model, {
  loss: 'sparseCategoricalCrossentropy',
  optimizer: { name: 'adam', learningRate: 0.005 },
  metrics: ['accuracy'],
  epochs: 20,
  earlyStopping: { patience: 5, restoreBest: true },
});
const { train, validation } = readDigits([64]);
const { metrics, reason } = await fit(training, { train, validation, onEpoch: showEpoch });

const [{ values: probabilities }] = await predict(training, validation);
const labels = validation.arrays.targets[0].values;
const wrong = Array.from(labels, (label, i) => {
  const row = probabilities.subarray(10 * i, 10 * i + 10);
  return { label, digit: row.indexOf(Math.max(...row)), probability: Math.max(...row) };
}).filter(({ label, digit }) => label !== digit);
for (const { label, digit, probability } of wrong.slice(0, 5))
  console.log(`a ${label} taken for a ${digit} (${(100 * probability).toFixed(0)} % sure)`);
console.log(
  `${reason}: ${labels.length - wrong.length} of ${labels.length} right, loss ${metrics.valLoss.toFixed(3)}`,
);
training.dispose();
