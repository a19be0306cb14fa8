// The network of the data-parallel tests: an MLP 12-16-4 with Adam, on data that is a function of the step.

import type { Tensor, Variable } from '@tensorflow/tfjs';
import type { Engine } from '../engine.js';

const SIZES = [12, 16, 4] as const;
const SETTINGS = { learningRate: 0.03, beta1: 0.9, beta2: 0.999, epsilon: 1e-3 };

const wave = (count: number, phase: number): number[] =>
  Array.from({ length: count }, (_, i) => Math.sin(3 * i + phase) + 0.1 * Math.cos(17 * i * phase));

/** A captured step (x, y, number of the step) → loss; `exchange` is what happens to the gradients before the update. */
export function trainer(engine: Engine, exchange: (gradients: Tensor[]) => Tensor[]) {
  const { tf, updates } = engine;
  const [inputs, hidden, outputs] = SIZES;
  const variable = (shape: number[], phase: number): Variable =>
    tf.variable(
      tf
        .tensor(
          wave(
            shape.reduce((a, b) => a * b, 1),
            phase,
          ),
          shape,
        )
        .mul(0.5),
    );
  const weights = [
    variable([inputs, hidden], 1),
    variable([hidden, outputs], 2),
    variable([outputs], 3),
  ] as const;
  const [w1, w2, b2] = weights;
  const slots = weights.map(({ shape }) => ({
    m: tf.variable(tf.zeros(shape)),
    v: tf.variable(tf.zeros(shape)),
  }));
  const step = engine.capture((...[x, y, count]) => {
    if (!x || !y || !count) throw new Error('a step takes three inputs');
    const loss = () =>
      tf
        .matMul(tf.tanh(tf.matMul(x, w1)), w2)
        .add(b2)
        .sub(y)
        .square()
        .mean()
        .asScalar();
    const { value, grads } = tf.variableGrads(loss, [...weights]);
    const gradients = exchange(weights.flatMap(({ name }) => grads[name] ?? []));
    const powers = { beta1Power: tf.pow(SETTINGS.beta1, count), beta2Power: tf.pow(SETTINGS.beta2, count) };
    weights.forEach((weight, index) => {
      const [slot, gradient] = [slots[index], gradients[index]];
      if (slot && gradient) updates.adam(weight, slot, gradient, { ...SETTINGS, ...powers });
    });
    return [value];
  });
  const batchOf = (number: number, size: number): Tensor[] => [
    tf.tensor2d(wave(size * inputs, number + 1), [size, inputs]),
    tf.tensor2d(wave(size * outputs, number + 2), [size, outputs]),
  ];
  const dispose = (): void => {
    step.dispose();
    tf.dispose([...weights, ...slots.flatMap(({ m, v }) => [m, v])]);
  };
  return { step, weights, batchOf, dispose };
}
