// What holds of every layer: the shapes that its plan promises, gradients, the same results captured and op by op,
// and sane ones in bfloat16.

import { describe, expect, test } from '@jest/globals';
import type { Engine, Tensor } from '@gradstream/engine';
import type { LayerInputs, LayerPlan, Shape } from '../layers/layer.js';
import { gradientsOf, planOf, runLayer } from './layer.js';

export interface LayerCase extends Partial<Omit<LayerInputs, 'shapes'>> {
  readonly type: string;
  readonly config?: Readonly<Record<string, unknown>>;
  /** Without the batch axis. */
  readonly shapes: readonly Shape[];
  /** Inputs are whole numbers below it, which have no gradient. */
  readonly below?: number;
  /** Also run as in training, with a fixed seed. */
  readonly training?: boolean;
  /** Gradients are not those of the function, on purpose (straight-through and the like). */
  readonly withoutGradients?: boolean;
}

const BATCH = 3;
/** Step of central differences, which float32's rounding (1e-7 / step) and curvature (step²) both bound. */
const STEP = 1e-2;
const TOLERANCE = 5e-3;

/** Numbers without order, in about [-1, 1]; no two of them near each other, so that maxima are clear. */
const wave = (count: number, phase: number): number[] =>
  Array.from({ length: count }, (_, i) => Math.sin(3 * i + phase) + 0.1 * Math.cos(17 * i));

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
};

function inputsOf({ tf }: Engine, { shapes, below }: LayerCase): Tensor[] {
  return shapes.map((shape, index) => {
    const full = [BATCH, ...shape];
    const values = wave(tf.util.sizeFromShape(full), index + 1);
    if (below === undefined) return tf.tensor(values, full);
    return tf.tensor(
      values.map((value) => Math.floor(Math.abs(value * 1000)) % below),
      full,
      'int32',
    );
  });
}

function weightsOf({ tf }: Engine, { weights }: LayerPlan): Tensor[] {
  return weights.map(({ shape, role }, index) => {
    const values = wave(tf.util.sizeFromShape([...shape]), index + 10);
    return tf.tensor(role === 'statistic' ? values.map((v) => 1 + v * v) : values.map((v) => v / 2), [
      ...shape,
    ]);
  });
}

/** Directional derivatives by central differences against the gradients. */
function checkGradients(
  gs: Engine,
  run: (tensors: readonly Tensor[]) => readonly Tensor[],
  tensors: readonly Tensor[],
  differentiable: readonly boolean[],
): void {
  const { tf } = gs;
  const cotangents = run(tensors).map((output, index) =>
    tf.tensor(wave(output.size, index + 5), output.shape),
  );
  const value = (at: readonly Tensor[]): number =>
    run(at).reduce((sum, output, i) => sum + dot(output.dataSync(), cotangents[i]?.dataSync() ?? []), 0);
  const places = tensors.flatMap((_, index) => (differentiable[index] ? [index] : []));
  const gradients = gradientsOf(
    gs,
    (variables) => run(tensors.map((tensor, index) => variables[places.indexOf(index)] ?? tensor)),
    cotangents,
    places.flatMap((index) => tensors[index] ?? []),
  );
  tensors.forEach((tensor, index) => {
    if (!differentiable[index]) return;
    const direction = tf.tensor(wave(tensor.size, index + 20), tensor.shape);
    const moved = (by: number): Tensor[] =>
      tensors.map((one, at) => (at === index ? one.add(direction.mul(by)) : one));
    const slope = (h: number): number => (value(moved(h)) - value(moved(-h))) / (2 * h);
    const numeric = (4 * slope(STEP / 2) - slope(STEP)) / 3; // Richardson's extrapolation.
    const analytic = dot(gradients[places.indexOf(index)]?.dataSync() ?? [], direction.dataSync());
    expect(Math.abs(numeric - analytic)).toBeLessThanOrEqual(TOLERANCE * Math.max(1, Math.abs(numeric)));
  });
}

/** Largest difference relative to the largest magnitude. */
function difference(actual: Tensor | undefined, expected: Tensor): number {
  const [a, b] = [Array.from(actual?.dataSync() ?? []), Array.from(expected.dataSync())];
  const scale = b.reduce((most, one) => Math.max(most, Math.abs(one)), 1e-3);
  return b.reduce((worst, one, i) => Math.max(worst, Math.abs(one - (a[i] ?? Number.NaN))), 0) / scale;
}

/** Registers the tests of a layer in one configuration. */
export function testLayer(get: () => Engine, one: LayerCase): void {
  const { type, config = {}, shapes } = one;
  describe(`${type} ${JSON.stringify(config)} on ${JSON.stringify(shapes)}`, () => {
    test.each(one.training ? [false, true] : [false])('training %s', (training) => {
      const gs = get();
      const plan = planOf(type, config, shapes, one);
      const inputs = inputsOf(gs, one);
      const weights = weightsOf(gs, plan);
      const run = (tensors: readonly Tensor[]): Tensor[] =>
        runLayer(gs, plan, {
          inputs: tensors.slice(0, inputs.length),
          weights: tensors.slice(inputs.length),
          training,
        }).outputs;
      const all = [...inputs, ...weights];

      const outputs = run(all);
      expect(outputs.map(({ shape }) => shape)).toEqual(plan.outputs.map((shape) => [BATCH, ...shape]));
      for (const output of outputs) expect(output.dataSync().every(Number.isFinite)).toBe(true);
      expect(plan.flops).toBeGreaterThanOrEqual(0);

      if (!one.withoutGradients) {
        const floats = [
          ...inputs.map(() => one.below === undefined),
          ...plan.weights.map(({ trainable }) => trainable),
        ];
        checkGradients(gs, run, all, floats);
      }
      for (const [precision, tolerance] of [
        ['float32', 2e-6],
        ['bfloat16', 0.1],
      ] as const) {
        const step = gs.capture((...tensors) => run(tensors), { precision });
        const captured = step.run(...all);
        step.dispose();
        outputs.forEach((output, index) => {
          expect(difference(captured[index], output)).toBeLessThanOrEqual(tolerance);
        });
      }
    });
  });
}
