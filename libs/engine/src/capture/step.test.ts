import { describe, expect, test } from '@jest/globals';
import type { Rank, Tensor, Tensor1D, Tensor2D, Variable } from '@tensorflow/tfjs';
import { EngineError } from '../errors.js';
import { codeOf, useEngine, wave } from '../testing.js';

const engine = useEngine();

/** A network 6-5-3, and a step of gradient descent on it. */
function network() {
  const { tf, ops } = engine();
  const variable = (shape: number[]): Variable =>
    tf.variable(tf.tensor(wave(shape.reduce((a, b) => a * b, 1)), shape));
  const variables = [variable([6, 5]), variable([5]), variable([5, 3])] as const;
  const [w1, b1, w2] = variables;
  const forward = (x: Tensor): Tensor =>
    tf.matMul(ops.relu(ops.biasAdd(tf.matMul(x, w1), b1 as Tensor as Tensor1D)), w2);
  const step = (...[x, y]: Tensor[]): Tensor[] => {
    if (!x || !y) throw new Error('a step takes two inputs');
    const loss = () =>
      ops
        .sparseSoftmaxCrossEntropy(forward(x) as Tensor2D, y as Tensor1D)
        .mean()
        .asScalar();
    const { value, grads } = tf.variableGrads(loss, [...variables]);
    for (const weight of variables) weight.assign(weight.sub((grads[weight.name] ?? weight).mul(0.1)));
    return [value];
  };
  const inputs = [tf.tensor2d(wave(24), [4, 6]), tf.tensor1d([0, 1, 2, 0], 'int32')];
  return {
    variables: [...variables],
    step,
    inputs,
    dispose: (): void => {
      tf.dispose([...variables]);
    },
  };
}

/** The numbers that a step returned. */
const take = (outputs: Tensor[]): number[] => outputs.flatMap((output) => Array.from(output.dataSync()));

describe('a captured step', () => {
  test('gives the losses and weights of the same ops one by one', async () => {
    const { tf } = engine();
    const eager = network();
    const expected = Array.from({ length: 40 }, () => tf.tidy(() => take(eager.step(...eager.inputs))));
    const captured = network();
    const step = engine().capture(captured.step);
    const losses: number[][] = [];
    for (let i = 0; i < 40; i++)
      losses.push(take(i % 2 === 0 ? step.run(...captured.inputs) : await step.runAsync(captured.inputs)));
    expect(losses.flat().every(Number.isFinite)).toBe(true);
    expect(losses[39]?.[0]).toBeLessThan(losses[0]?.[0] ?? 0);
    losses.forEach(([loss = Number.NaN], index) => {
      const wanted = expected[index]?.[0] ?? Number.NaN;
      expect(Math.abs(loss - wanted)).toBeLessThanOrEqual(1e-6 * Math.abs(wanted));
    });
    captured.variables.forEach((variable, index) => {
      const wanted = eager.variables[index]?.dataSync() ?? [];
      variable.dataSync().forEach((value, at) => {
        expect(Math.abs(value - (wanted[at] ?? Number.NaN))).toBeLessThanOrEqual(1e-6);
      });
    });
    step.dispose();
    eager.dispose();
    captured.dispose();
  });

  test('is traced once for each combination of shapes and types', () => {
    const { tf } = engine();
    let traces = 0;
    const step = engine().capture((x) => {
      traces++;
      return [x.square().sum()];
    });
    const lengths = [2, 3, 2, 3, 2];
    const sums = lengths.map((length) => take(step.run(tf.fill([length], 3))));
    expect(sums).toEqual([[18], [27], [18], [27], [18]]); // length · 3²
    expect(traces).toBe(2);
    expect(step.receipts.map(({ inputShapes }) => inputShapes)).toEqual([[[2]], [[3]]]);
    step.dispose();
    expect(codeOf(() => step.run(tf.fill([2], 3)))).toBe('STEP_DISPOSED');
  });

  test('keeps the traces of the 32 input shapes that it met last', () => {
    const { tf } = engine();
    let traces = 0;
    const step = engine().capture((x) => {
      traces++;
      return [x.sum()];
    });
    const runs = (length: number) => take(step.run(tf.ones([length])))[0];
    const kept = () => step.receipts.map(({ inputShapes }) => inputShapes[0]?.[0]);
    const functions = () => step.plan([tf.ones([2])]).fn.names;
    expect(runs(1)).toBe(1);
    expect(runs(2)).toBe(2);
    const gone = functions();
    for (let length = 3; length <= 33; length++) {
      expect(runs(length)).toBe(length);
      expect(runs(1)).toBe(1); // Used again and again, it stays.
    }
    expect(traces).toBe(33);
    expect(kept()).toEqual([1, ...Array.from({ length: 31 }, (_, i) => i + 3)]);
    for (const name of gone)
      expect(codeOf(() => engine().runtime.run(name, [], [tf.ones([2])]))).toBe('NOT_SUPPORTED');
    expect(runs(2)).toBe(2); // Traced anew, in the place of 3.
    expect(traces).toBe(34);
    expect(kept()).toEqual([1, ...Array.from({ length: 30 }, (_, i) => i + 4), 2]);
    step.dispose();
  });

  test('keeps reads and writes of a variable in the order of the program', () => {
    const { tf } = engine();
    const v = tf.variable<Rank>(tf.scalar(2));
    const step = engine().capture(() => {
      const before = v.clone();
      const doubled = v.mul(2);
      v.assign(doubled); // 4
      const middle = v.add(0);
      v.assign(v.add(v)); // 8
      return [before, middle, v.clone(), v.add(before)];
    });
    expect(take(step.run())).toEqual([2, 4, 8, 10]);
    expect([...v.dataSync()]).toEqual([8]);
    expect(take(step.run())).toEqual([8, 16, 32, 40]);
    step.dispose();
    v.dispose();
  });

  test('leaves a variable that was made from another one as it was', async () => {
    const { tf } = engine();
    const weight = engine().variable(tf.tensor1d([1, 2]));
    const [copy, adopted] = [engine().variable(weight, false), tf.variable(weight)];
    const step = engine().capture(() => {
      weight.assign(weight.mul(10));
      adopted.assign(adopted.add(1));
      return [];
    });
    await step.runAsync([]);
    weight.assign(weight.add(1));
    expect([[...weight.dataSync()], [...copy.dataSync()], [...adopted.dataSync()]]).toEqual([
      [11, 21],
      [1, 2],
      [2, 3],
    ]);
    step.dispose();
    [weight, copy, adopted].forEach((variable) => {
      variable.dispose();
    });
  });

  test('leaves clones of a variable as they were', () => {
    const { tf } = engine();
    const v = tf.variable(tf.tensor1d([1, 2]));
    const early = v.clone();
    const step = engine().capture(() => {
      v.assign(v.add(1));
      return [];
    });
    step.run();
    const between = v.clone();
    step.run();
    expect([...early.dataSync()]).toEqual([1, 2]);
    expect([...between.dataSync()]).toEqual([2, 3]);
    expect([...v.dataSync()]).toEqual([3, 4]);
    v.assign(tf.tensor1d([7, 7]));
    expect([...v.dataSync()]).toEqual([7, 7]);
    expect(() => {
      v.assign(tf.tensor1d([1]));
    }).toThrow(/cannot take float32 \[1\]/);
    expect(
      codeOf(() => {
        v.assign(tf.tensor1d([1]));
      }),
    ).toBe('INVALID_ARGUMENT');
    step.dispose();
    v.dispose();
  });

  test('takes one branch of a condition, and leaves what the other would do', () => {
    const { tf } = engine();
    const [a, b] = [tf.variable<Rank>(tf.scalar(1)), tf.variable<Rank>(tf.scalar(10))];
    const body = (x: Tensor): Tensor[] => {
      const factor = x.add(1);
      return engine().condition(
        x.greater(0).asScalar(),
        () => {
          a.assign(a.mul(factor));
          return [a.add(0)];
        },
        () => {
          b.assign(b.sub(x));
          return [b.add(a)];
        },
      );
    };
    const step = engine().capture(body);
    expect(take(step.run(tf.scalar(2)))).toEqual([3]); // 1 · (2 + 1)
    expect([...a.dataSync(), ...b.dataSync()]).toEqual([3, 10]);
    expect(take(step.run(tf.scalar(-4)))).toEqual([17]); // 10 + 4 + 3
    expect(take(body(tf.scalar(-1)))).toEqual([18]); // The same op by op.
    expect([...a.dataSync(), ...b.dataSync()]).toEqual([3, 15]);
    step.dispose();
    tf.dispose([a, b]);
  });

  test('trains with an optimizer of tfjs', () => {
    const { tf } = engine();
    const run = (captured: boolean): number[] => {
      const w = tf.variable(tf.tensor1d([1, -2, 3]));
      const optimizer = tf.train.adam(0.1);
      const step = (): Tensor[] => {
        const loss = optimizer.minimize(() => w.square().sum().asScalar(), true, [w]) as Tensor | null;
        return loss ? [loss] : [];
      };
      const losses = [...take(tf.tidy(step))]; // The first makes the optimizer's variables.
      const fast = engine().capture(step);
      for (let i = 0; i < 10; i++) losses.push(...take(captured ? fast.run() : tf.tidy(step)));
      fast.dispose();
      optimizer.dispose();
      w.dispose();
      return losses;
    };
    const [eager, captured] = [run(false), run(true)];
    expect(captured[0]).toBe(14); // 1² + 2² + 3²
    expect(captured[10]).toBeLessThan(captured[0] ?? 0);
    captured.forEach((loss, index) => {
      expect(loss).toBeCloseTo(eager[index] ?? Number.NaN, 5);
    });
  });

  test('refuses a second call while one runs, and does not begin after its signal', async () => {
    const { tf } = engine();
    const step = engine().capture((x) => {
      let product = x;
      for (let i = 0; i < 200; i++) product = tf.matMul(product, product);
      return [product];
    });
    const x = tf.eye(300);
    const running = step.runAsync([x]);
    expect(codeOf(() => step.run(x))).toBe('STEP_BUSY');
    expect(
      codeOf(() => {
        step.dispose();
      }),
    ).toBe('STEP_BUSY');
    await running;
    const signal = AbortSignal.abort();
    await expect(step.runAsync([x], { signal })).rejects.toMatchObject({ code: 'CANCELLED' });
    const eager = engine().capture((y) => [y.square()], { executor: 'eager' });
    await expect(eager.runAsync([x], { signal })).rejects.toMatchObject({ code: 'CANCELLED' });
    eager.dispose();
    const [again] = await step.runAsync([x]);
    expect(again?.sum().dataSync()[0]).toBe(300); // A power of the unit matrix.
    step.dispose();
  });
});

describe('mistakes in a step', () => {
  /** The error of capturing a step; the engine has to compute afterwards. */
  function errorOf(step: (x: Tensor) => Tensor[]): EngineError {
    const { tf } = engine();
    const captured = engine().capture((x) => step(x));
    try {
      captured.run(tf.tensor2d(wave(6), [2, 3]));
    } catch (error) {
      expect([...tf.tensor1d([1, 2, 3]).sum().dataSync()]).toEqual([6]);
      if (error instanceof EngineError) return error;
      throw error;
    } finally {
      captured.dispose();
    }
    throw new Error('nothing was thrown');
  }

  test('are typed, say where they are, and leave the engine usable', () => {
    const { tf } = engine();
    const large = tf.tensor1d(wave(100));
    const scoped = (step: (x: Tensor) => Tensor): EngineError =>
      errorOf((x) => [engine().scope('dense_1', () => step(x))]);
    expect(scoped((x) => tf.scalar(x.dataSync()[0] ?? 0))).toMatchObject({
      code: 'VALUE_READ_IN_CAPTURE',
      layer: 'dense_1',
    });
    expect(scoped((x) => large.slice(0, 1).add(x))).toMatchObject({
      code: 'LARGE_CONSTANT',
      layer: 'dense_1',
    });
    const shapes = scoped((x) =>
      engine().runtime.run('MatMul', [engine().runtime.typeAttribute('T', 'float32')], [x, x]),
    );
    expect(shapes).toMatchObject({ code: 'INVALID_ARGUMENT', op: 'MatMul', layer: 'dense_1' });
    expect(shapes.message).toMatch(/Dimensions must be equal, but are 3 and 2/); // TensorFlow's own words.
    expect(scoped((x) => engine().runtime.run('Where', [], [x.greater(0)]))).toMatchObject({
      code: 'UNKNOWN_SHAPE',
      op: 'Where',
    });
    expect(scoped((x) => engine().runtime.run('NoSuchOp', [], [x]))).toMatchObject({ code: 'NOT_SUPPORTED' });
    expect(errorOf((x) => [x, tf.variable(x)])).toMatchObject({ code: 'VARIABLE_MADE_IN_CAPTURE' });
    expect(
      errorOf((x) =>
        engine()
          .capture(() => [x])
          .run(),
      ),
    ).toMatchObject({ code: 'CAPTURE_IN_PROGRESS' });
  });

  test('in the options are refused at once', () => {
    const capture = (options: object) => codeOf(() => engine().capture((x) => [x], options));
    for (const stepsPerCall of [0, -1, 1.5, Number.NaN])
      expect(capture({ stepsPerCall })).toBe('INVALID_ARGUMENT');
    expect(capture({ precision: 'bf16' })).toBe('INVALID_ARGUMENT');
    expect(capture({ executor: 'jit' })).toBe('INVALID_ARGUMENT');
    expect(capture({ stepsPerCall: 2, precision: 'float16', executor: 'xla' })).toBe('none');
  });

  test('in layers of any name carry that name', () => {
    const { tf } = engine();
    const names = ['Ebene 1 (Größe ≥ 2)', '_hidden', 'a/b', '层'];
    const step = engine().capture((x) => [
      names.reduce((value, name) => engine().scope(name, () => value.add(1)), x),
    ]);
    expect(take(step.run(tf.scalar(0)))).toEqual([names.length]);
    step.dispose();
    for (const name of names) {
      const error = errorOf((x) => [engine().scope(name, () => tf.scalar(x.dataSync()[0] ?? 0))]);
      expect(error).toMatchObject({ code: 'VALUE_READ_IN_CAPTURE', layer: name });
    }
  });

  test.each(['captured', 'eager'] as const)('in a backward pass leave nothing behind (%s)', (executor) => {
    const { tf } = engine();
    const fail = (x: Tensor): Tensor =>
      tf.grad((y: Tensor) =>
        y
          .exp()
          .square()
          .matMul(tf.ones([7, 7]))
          .sum(),
      )(x);
    const step = engine().capture((x) => [fail(x)], { executor });
    // What tfjs saved is kept, so that no scope frees it: the check after each test would find it.
    expect(codeOf(() => step.run(tf.ones([2, 2])))).toBe('INVALID_ARGUMENT');
    step.dispose();
  });

  test('with a variable that goes while the step runs are told', async () => {
    const { tf } = engine();
    const v = engine().variable(tf.zeros([300, 300]));
    const step = engine().capture((x) => {
      let product = x;
      for (let i = 0; i < 200; i++) product = tf.matMul(product, product);
      // The branch reads the variable when the products are there, long after it was disposed.
      return engine().condition(
        product.sum().greater(0),
        () => [v.add(0)],
        () => [product],
      );
    });
    const x = tf.eye(300);
    step.trace(x);
    const running = step.runAsync([x]);
    v.dispose();
    await expect(running).rejects.toMatchObject({ code: 'TENSOR_DISPOSED' });
    step.dispose();
  });

  test('with variables that are gone are told', () => {
    const { tf } = engine();
    const v = tf.variable(tf.scalar(1));
    const step = engine().capture(() => [v.add(1)]);
    expect(take(step.run())).toEqual([2]);
    v.dispose();
    expect(codeOf(() => step.run())).toBe('TENSOR_DISPOSED');
    step.dispose();
  });

  test('that fail when the step runs carry the op and its layer', () => {
    const { tf, ops } = engine();
    const step = engine().capture((labels) => [
      engine().scope('head', () => ops.sparseSoftmaxCrossEntropy(tf.tensor2d([[1, 2]]), labels as Tensor1D)),
    ]);
    expect(() => step.run(tf.tensor1d([7], 'int32'))).toThrow(/head\/SparseSoftmaxCrossEntropyWithLogits/);
    expect(take(step.run(tf.tensor1d([0], 'int32')))[0]).toBeCloseTo(Math.log(Math.E + Math.E ** 2) - 1, 5);
    step.dispose();
  });
});
