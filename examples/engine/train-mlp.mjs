// Trains a small network, captured as one TensorFlow function that computes in bfloat16: node examples/engine/train-mlp.mjs
import { engine } from '@gradstream/engine';

const gs = engine.start();
const { tf, ops, updates } = gs;
const [batch, steps, sizes] = [256, 300, [784, 512, 512, 10]];
const layers = sizes.slice(1).map((size, i) => ({
  kernel: gs.variable(tf.randomNormal([sizes[i], size], 0, (2 / sizes[i]) ** 0.5)),
  bias: gs.variable(tf.zeros([size])),
}));
const weights = layers.flatMap(({ kernel, bias }) => [kernel, bias]);
const dense = (x, { kernel, bias }) => ops.biasAdd(tf.matMul(x, kernel), bias);
const forward = (x) => layers.reduce((h, layer, i) => dense(i > 0 ? ops.relu(h) : h, layer), x);

const step = (x, y) => {
  const loss = () => ops.sparseSoftmaxCrossEntropy(forward(x), y).mean();
  const { value, grads } = tf.variableGrads(loss, weights);
  for (const weight of weights) updates.gradientDescent(weight, grads[weight.name], 0.05);
  return [value];
};
const train = gs.capture(step, { precision: 'bfloat16' });
const x = tf.randomNormal([batch, 784]);
const y = x.slice([0, 0], [batch, 10]).argMax(1); // The class is the largest of ten inputs.
const losses = [];
const began = performance.now();
for (let i = 0; i < steps; i++) losses.push(train.run(x, y)[0].dataSync()[0]);
const rate = (batch * steps) / ((performance.now() - began) / 1000);
console.log(`loss ${losses[0].toFixed(3)} → ${losses.at(-1).toFixed(3)}, ${Math.round(rate)} samples/s`);
