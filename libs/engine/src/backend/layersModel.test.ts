import { beforeAll, describe, expect, test } from '@jest/globals';
import type { LayersModel, Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs';
import { useEngine, wave } from '../testing.js';
import type { Tf } from './tfjs.js';

const engine = useEngine();

beforeAll(() => {
  engine().tf.env().set('PROD', true); // The CPU backend would recommend another one.
});

const ROWS = 12;
const STEPS = 8;
const TIMEOUT_MS = 60_000;

/** Embedding, convolution, batch normalisation, LSTM, dense: a classifier of rows of six words. */
function newModel(tf: Tf): LayersModel {
  const seed = 3;
  const uniform = (): ReturnType<typeof tf.initializers.randomUniform> =>
    tf.initializers.randomUniform({ minval: -0.3, maxval: 0.3, seed });
  return tf.sequential({
    layers: [
      tf.layers.embedding({ inputDim: 20, outputDim: 5, inputLength: 6, embeddingsInitializer: uniform() }),
      tf.layers.reshape({ targetShape: [6, 5, 1] }),
      tf.layers.conv2d({ filters: 4, kernelSize: 3, padding: 'same', kernelInitializer: uniform() }),
      tf.layers.batchNormalization(),
      tf.layers.activation({ activation: 'relu' }),
      tf.layers.reshape({ targetShape: [6, 20] }),
      tf.layers.lstm({ units: 7, kernelInitializer: uniform(), recurrentInitializer: uniform() }),
      tf.layers.dense({ units: 3, activation: 'softmax', kernelInitializer: uniform() }),
    ],
  });
}

function newData(tf: Tf): { x: Tensor2D; y: Tensor2D } {
  const words = wave(ROWS * 6).map((value) => Math.floor(Math.abs(value) * 18));
  const classes = wave(ROWS, 2).map((value) => (value > 0.4 ? 2 : value > -0.4 ? 1 : 0));
  const y = tf.tidy(() => tf.oneHot(tf.tensor1d(classes, 'int32'), 3).cast<Tensor2D>('float32'));
  return { x: tf.tensor2d(words, [ROWS, 6]), y };
}

/** The losses of `model.fit`, an epoch a step. */
async function fitLosses(tf: Tf, backend: 'cpu' | 'tensorflow'): Promise<number[]> {
  void tf.setBackend(backend);
  try {
    const model = newModel(tf);
    const optimizer = tf.train.adam(0.02);
    model.compile({ optimizer, loss: 'categoricalCrossentropy' });
    const { x, y } = newData(tf);
    const { history } = await model.fit(x, y, { batchSize: ROWS, epochs: STEPS, shuffle: false });
    tf.dispose([x, y]);
    model.dispose();
    optimizer.dispose();
    return history['loss'] as number[];
  } finally {
    void tf.setBackend('tensorflow');
  }
}

function expectNear(actual: readonly number[], expected: readonly number[], tolerance: number): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((loss, index) => {
    const wanted = expected[index] ?? Number.NaN;
    expect(Math.abs(loss - wanted)).toBeLessThanOrEqual(tolerance * Math.abs(wanted));
  });
}

describe('a layers model of tfjs', () => {
  test(
    'trains through fit as on the CPU backend',
    async () => {
      const { tf } = engine();
      const losses = await fitLosses(tf, 'tensorflow');
      expect(losses.at(-1)).toBeLessThan(losses[0] ?? 0);
      expectNear(losses, await fitLosses(tf, 'cpu'), 1e-4);
    },
    TIMEOUT_MS,
  );

  test(
    'gives the losses of fit when its step is captured',
    async () => {
      const { tf } = engine();
      const expected = await fitLosses(tf, 'tensorflow');
      const model = newModel(tf);
      const optimizer = tf.train.adam(0.02);
      const { x, y } = newData(tf);
      const train = (...[input, target]: Tensor[]): Tensor[] => {
        if (!input || !target) throw new Error('a step takes two inputs');
        const loss = (): Scalar => {
          const predicted = model.apply(input, { training: true }) as Tensor;
          return tf.metrics.categoricalCrossentropy(target, predicted).mean().asScalar();
        };
        const value = optimizer.minimize(loss, true);
        return value ? [value] : [];
      };
      // The optimizer makes its variables in its first step.
      const losses = [take(tf, train(x, y))];
      const step = engine().capture(train);
      for (let i = 1; i < STEPS; i++) losses.push(take(tf, step.run(x, y)));
      expectNear(losses, expected, 1e-5);
      step.dispose();
      model.dispose();
      optimizer.dispose();
    },
    TIMEOUT_MS,
  );
});

function take(tf: Tf, outputs: Tensor[]): number {
  const [loss] = outputs.flatMap((output) => Array.from(output.dataSync()));
  tf.dispose(outputs);
  return loss ?? Number.NaN;
}
