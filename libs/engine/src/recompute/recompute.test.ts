import { describe, expect, test } from '@jest/globals';
import type { Tensor, Tensor1D, Variable } from '@tensorflow/tfjs';
import type { Executor } from '../executor/executor.js';
import { codeOf, useEngine, wave } from '../testing.js';

const engine = useEngine();
const BATCH = 64;
const WIDTH = 16;
const LAYERS = 8;

type Wrap = (block: (x: Tensor) => Tensor, x: Tensor) => Tensor;

const plainly: Wrap = (block, x) => block(x);
const segments: Wrap = (block, x) => engine().recompute(block, x);

const numbers = (tensors: readonly Tensor[]): number[] =>
  tensors.flatMap((tensor) => Array.from(tensor.dataSync()));

/** A deep network: dense, batch norm with moving means, ReLU, dropout from a seed. Trained with momentum. */
function deepNetwork(wrap: Wrap, perSegment = 1) {
  const { tf, ops, random, updates } = engine();
  const variable = (values: Tensor, trainable = true): Variable => engine().variable(values, trainable);
  const layers = Array.from({ length: LAYERS }, (_, i) => ({
    kernel: variable(tf.tensor(wave(WIDTH * WIDTH, i), [WIDTH, WIDTH]).mul(0.4)),
    gamma: variable(tf.ones([WIDTH])),
    beta: variable(tf.tensor(wave(WIDTH, i + 9)).mul(0.1)),
    mean: variable(tf.zeros([WIDTH]), false),
  }));
  const trainable = layers.flatMap(({ kernel, gamma, beta }) => [kernel, gamma, beta]);
  const slots = trainable.map(({ shape }) => variable(tf.zeros(shape), false));
  const dense = (layer: (typeof layers)[number], seed: Tensor1D, x: Tensor): Tensor => {
    const product = x.matMul(layer.kernel);
    const mean = product.mean(0);
    const centred = product.sub(mean);
    layer.mean.assign(layer.mean.mul(0.9).add(mean.mul(0.1)));
    const scaled = centred.div(centred.square().mean(0).add(1e-3).sqrt());
    const active = ops.relu(scaled.mul(layer.gamma).add(layer.beta));
    const kept = random.statelessUniform([BATCH, WIDTH], seed).greater(0.1).cast('float32');
    return active.mul(kept);
  };
  const step = (x: Tensor, seed: Tensor): Tensor[] => {
    const { value, grads } = tf.variableGrads(() => {
      let h = x;
      for (let at = 0; at < LAYERS; at += perSegment) {
        const segment = (input: Tensor): Tensor =>
          layers
            .slice(at, at + perSegment)
            .reduce((y, layer, i) => dense(layer, seed.add(tf.scalar(at + i, 'int32')), y), input);
        h = wrap(segment, h);
      }
      return h.sub(0.5).square().mean().asScalar();
    }, trainable);
    trainable.forEach((weight, index) => {
      const [slot, gradient] = [slots[index], grads[weight.name]];
      if (!slot || !gradient) throw new Error('every weight has a slot and a gradient');
      updates.momentum(weight, slot, gradient, { learningRate: 0.05, momentum: 0.9 });
    });
    return [value];
  };
  const state = [...trainable, ...slots, ...layers.map(({ mean }) => mean)];
  const inputs = (at: number): [Tensor, Tensor] => [
    tf.tensor(wave(BATCH * WIDTH, at), [BATCH, WIDTH]),
    tf.tensor1d([7, at], 'int32'),
  ];
  return {
    step,
    inputs,
    state,
    dispose: (): void => {
      tf.dispose(state);
    },
  };
}

/** Losses and all state after some steps. */
function train(wrap: Wrap, steps: number, executor: Executor, perSegment = 1) {
  const { step, inputs, state, dispose } = deepNetwork(wrap, perSegment);
  const captured = engine().capture(step, { executor });
  const losses = Array.from({ length: steps }, (_, at) =>
    engine().tf.tidy(() => numbers(captured.run(...inputs(at)))),
  ).flat();
  const values = numbers(state);
  captured.dispose();
  dispose();
  return { losses, values };
}

describe('recomputation', () => {
  test('gives the same bytes of losses, weights, slots and moving means over 50 steps', () => {
    const plain = train(plainly, 50, 'captured');
    expect(plain.losses.at(-1)).toBeLessThan(0.8 * (plain.losses[0] ?? 0));
    expect(new Set(plain.values).size).toBeGreaterThan(100);
    expect(train(segments, 50, 'captured')).toEqual(plain);
    expect(train(segments, 50, 'captured', 3)).toEqual(plain);
  });

  test('gives the same bytes in segments of segments', () => {
    const nested: Wrap = (block, x) =>
      engine().recompute((y) => engine().recompute((z) => segments(block, z), y), x);
    expect(train(nested, 5, 'captured', 2)).toEqual(train(plainly, 5, 'captured', 2));
  });

  test('gives the same bytes op by op', () => {
    expect(train(segments, 3, 'eager')).toEqual(train(plainly, 3, 'eager'));
  });

  test('compiled by XLA it gives the same within rounding', () => {
    const plain = train(plainly, 3, 'xla'); // XLA draws other random numbers than TensorFlow's kernels.
    train(segments, 3, 'xla').losses.forEach((loss, index) => {
      expect(Math.abs(loss / (plain.losses[index] ?? Number.NaN) - 1)).toBeLessThan(1e-4);
    });
  });

  test('the receipt shows the memory that is saved, and changes nothing', () => {
    const { step, inputs, state, dispose } = deepNetwork(segments, 2);
    const before = numbers(state);
    const receipt = engine().recomputeReceipt(step, inputs(0), { calls: 2 });
    expect(receipt.savedShare).toBeGreaterThan(0.2);
    expect(receipt.with.peakBytes).toBeLessThan(receipt.without.peakBytes ?? 0);
    expect(receipt.slowdown).toBeCloseTo(receipt.with.timeMs / receipt.without.timeMs, 9);
    expect(numbers(state)).toEqual(before);
    dispose();
  });
});

test('gradients of weights are not put off, with all that they are computed from', () => {
  // Four blocks of four layers with biases: TensorFlow would compute the gradients of their weights at the end.
  const { tf, ops } = engine();
  const [batch, width] = [1024, 32];
  const layers = Array.from({ length: 16 }, (_, i) => ({
    kernel: engine().variable(tf.tensor(wave(width * width, i), [width, width]).mul(0.1)),
    bias: engine().variable(tf.zeros([width])),
  }));
  const variables = layers.flatMap(({ kernel, bias }) => [kernel, bias]);
  const step = (x: Tensor): Tensor[] => {
    const { value, grads } = tf.variableGrads(() => {
      let h = x;
      for (let at = 0; at < layers.length; at += 4) {
        const block = (input: Tensor): Tensor =>
          layers
            .slice(at, at + 4)
            .reduce(
              (y, { kernel, bias }) => ops.tanh(ops.biasAdd(y.matMul(kernel), bias as Tensor as Tensor1D)),
              input,
            );
        h = segments(block, h);
      }
      return h.square().mean().asScalar();
    }, variables);
    return [value, ...Object.values(grads)];
  };
  const { savedShare } = engine().recomputeReceipt(step, [tf.zeros([batch, width])], { calls: 1 });
  // 16 activations without; with it, 4 between blocks, 4 of a block, and the gradients of two.
  expect(savedShare).toBeGreaterThan(0.3);
  tf.dispose(variables);
});

describe('gradients through a recomputed block', () => {
  // y₁ = x·w, y₂ = z·w² (elementwise); L = Σ 3·y₁ + Σ y₂², by hand: ∂x = 3w, ∂z = 2zw⁴, ∂w = 3x + 4z²w³.
  const x = [1, -2, 3];
  const z = [0.5, 2, -1];
  const w = [2, -1, 0.5];
  const expected = [
    w.map((value) => 3 * value),
    w.map((value, i) => 2 * (z[i] ?? 0) * value ** 4),
    w.map((value, i) => 3 * (x[i] ?? 0) + 4 * (z[i] ?? 0) ** 2 * value ** 3),
  ];

  test.each(['captured', 'eager', 'xla'] as const)(
    'are right for all inputs and variables (%s)',
    (executor) => {
      const { tf } = engine();
      const weight = engine().variable(tf.tensor1d(w));
      const unused = engine().variable(tf.tensor1d(w));
      const step = engine().capture(
        (a, b) => {
          const loss = (p: Tensor, q: Tensor): Tensor => {
            const [y1, y2] = engine().recompute(
              (s, t) => [s.mul(weight), t.mul(weight.square())] as Tensor[],
              p,
              q,
            );
            if (!y1 || !y2) throw new Error('the block has two outputs');
            return y1.mul(3).sum().add(y2.square().sum());
          };
          const inputs = tf.grads(loss)([a, b]);
          const { grads } = tf.variableGrads(() => loss(a, b).asScalar(), [weight]);
          return [...inputs, grads[weight.name] ?? a];
        },
        { executor },
      );
      const results = step.run(tf.tensor1d(x), tf.tensor1d(z)).map((result) => Array.from(result.dataSync()));
      expect(results).toEqual(expected);
      step.dispose();
      tf.dispose([weight, unused]);
    },
  );

  test('are right when a tensor or a variable is passed twice, and when an output is not used', () => {
    const { tf } = engine();
    const weight = engine().variable(tf.scalar(3));
    const step = engine().capture((a) => {
      const loss = (p: Tensor): Tensor => {
        const outputs = engine().recompute(
          (s, t, v, u) => [s.mul(t).mul(v).mul(u), s.mul(weight).exp()],
          ...[p, p, weight, weight],
        );
        return (outputs[0] ?? p).sum(); // Σ p²·w²
      };
      const { grads } = tf.variableGrads(() => loss(a).asScalar(), [weight]);
      return [tf.grad(loss)(a), grads[weight.name] ?? a];
    });
    const [dx, dw] = step.run(tf.tensor1d([2, -1])).map((result) => Array.from(result.dataSync()));
    expect(dx).toEqual([36, -18]); // 2pw²
    expect(dw).toEqual([30]); // 2w·Σp²
    step.dispose();
    weight.dispose();
  });

  test.each(['captured', 'eager'] as const)(
    'are right where a block returns its input, a variable, or a tensor twice (%s)',
    (executor) => {
      const { tf } = engine();
      const weight = engine().variable(tf.tensor1d([3, 4]));
      const step = engine().capture(
        (a) => {
          const loss = (p: Tensor): Tensor => {
            const outputs = engine().recompute((q) => {
              const square = q.square();
              return [q, square, square, weight];
            }, p);
            return outputs.reduce((sum, output, i) => sum.add(output.mul(10 ** i).sum()), tf.scalar(0));
          };
          const { grads } = tf.variableGrads(() => loss(a).asScalar(), [weight]);
          return [tf.grad(loss)(a), grads[weight.name] ?? a];
        },
        { executor },
      );
      const results = step.run(tf.tensor1d([1, 2])).map((result) => Array.from(result.dataSync()));
      // L = Σ x + 10x² + 100x² + 1000w: ∂x = 1 + 220x, ∂w = 1000.
      expect(results).toEqual([
        [221, 441],
        [1000, 1000],
      ]);
      step.dispose();
      weight.dispose();
    },
  );

  test.each(['captured', 'eager'] as const)('can be differentiated again (%s)', (executor) => {
    const { tf } = engine();
    const step = engine().capture(
      (a) => {
        const loss = (p: Tensor): Tensor =>
          engine()
            .recompute((q) => q.mul(q).mul(q), p)
            .sum()
            .add(p.square().sum());
        const first = tf.grad(loss);
        return [tf.grad((p: Tensor) => first(p).sum())(a)];
      },
      { executor },
    );
    const [second] = step.run(tf.tensor1d([1, 2])).map((result) => Array.from(result.dataSync()));
    expect(second).toEqual([8, 14]); // 6x + 2
    step.dispose();
  });

  test('a tensor that comes into the block from outside is refused, by name of its shape', () => {
    const { tf } = engine();
    const step = engine().capture((a) => [
      tf.grad((p: Tensor) => {
        const outside = p.square();
        return engine()
          .recompute((q) => q.mul(outside), p)
          .sum();
      })(a),
    ]);
    const run = () => codeOf(() => step.run(tf.tensor1d([1, 2])));
    expect(run()).toBe('INVALID_ARGUMENT');
    expect(run()).toBe('INVALID_ARGUMENT'); // And the engine is as it was.
    step.dispose();
  });

  test('without a gradient the block just runs', () => {
    const { tf } = engine();
    let runs = 0;
    const result = engine().recompute(
      (a) => {
        runs++;
        return a.mul(2);
      },
      tf.tensor1d([1, 2]),
    );
    expect([...result.dataSync()]).toEqual([2, 4]);
    expect(runs).toBe(1);
  });
});
