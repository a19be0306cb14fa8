// An LSTM adds the two numbers that are marked among many (Hochreiter and Schmidhuber, 1997, experiment 4):
// node examples/training/lstm-adding.mjs
import { engine } from '@gradstream/engine';
import { arrayData, createTraining, fit, predict } from '@gradstream/training';
import { showEpoch } from './common.mjs';

const STEPS = 20;
/** Sequences of [number, mark]; the target is the sum of the two marked numbers. */
function sequences(count) {
  const x = new Float32Array(count * STEPS * 2);
  const y = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    for (let t = 0; t < STEPS; t++) x[2 * (i * STEPS + t)] = Math.random();
    const places = [Math.floor((Math.random() * STEPS) / 2), Math.floor(((1 + Math.random()) * STEPS) / 2)];
    for (const t of places) {
      x[2 * (i * STEPS + t) + 1] = 1;
      y[i] += x[2 * (i * STEPS + t)];
    }
  }
  return arrayData({ inputs: { values: x, shape: [STEPS, 2] }, targets: { values: y, shape: [1] } });
}
const model = [
  { type: 'lstm', units: 32, input: [STEPS, 2] },
  { type: 'dense', units: 1 },
];
const training = createTraining(engine.start(), model, {
  loss: 'meanSquaredError',
  optimizer: { name: 'adam', learningRate: 0.01 },
  clip: { globalNorm: 1 },
  metrics: ['meanAbsoluteError'],
  epochs: 20,
});
console.log('answering 1 always has a loss of 1/6: the variance of the sum');
await fit(training, { train: sequences(5000), validation: sequences(1000), onEpoch: showEpoch });
const some = sequences(3);
const [{ values }] = await predict(training, some);
some.arrays.targets[0].values.forEach((sum, i) =>
  console.log(`${sum.toFixed(3)} answered as ${values[i].toFixed(3)}`),
);
training.dispose();
