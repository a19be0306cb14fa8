// Each update against its formula in float64, written here from the papers and TensorFlow's documentation.

import { describe, expect, test } from '@jest/globals';
import type { Variable } from '@tensorflow/tfjs';
import type { Engine } from '../engine.js';
import { codeOf, useEngine, wave } from '../testing.js';

const engine = useEngine();

const UPDATES = 6;
const LENGTH = 7;

interface Case {
  /** Initial values of the slots. */
  readonly slots: readonly number[];
  /** One update of one element in float64: weight, slots, gradient and t (from 1) give the new weight and slots. */
  readonly expected: (w: number, slots: number[], g: number, t: number) => [number, number[]];
  readonly apply: (
    updates: Engine['updates'],
    weight: Variable,
    slots: Variable[],
    gradient: Parameters<Engine['updates']['gradientDescent']>[1],
    t: number,
  ) => void;
}

const [rate, b1, b2, eps, rho, mu] = [0.05, 0.8, 0.95, 1e-3, 0.9, 0.7];
const at = (slots: Variable[], index: number): Variable => {
  const slot = slots[index];
  if (!slot) throw new Error(`there is no slot ${index}`);
  return slot;
};
const adamSettings = (t: number) => ({
  beta1Power: b1 ** t,
  beta2Power: b2 ** t,
  learningRate: rate,
  beta1: b1,
  beta2: b2,
  epsilon: eps,
});

const CASES: Record<string, Case> = {
  gradientDescent: {
    slots: [],
    expected: (w, _, g) => [w - rate * g, []],
    apply: (updates, w, _, g) => {
      updates.gradientDescent(w, g, rate);
    },
  },
  momentum: {
    slots: [0],
    expected: (w, [a = 0], g) => {
      const next = mu * a - rate * g;
      return [w + next, [next]];
    },
    apply: (updates, w, slots, g) => {
      updates.momentum(w, at(slots, 0), g, { learningRate: rate, momentum: mu });
    },
  },
  nesterov: {
    slots: [0],
    expected: (w, [a = 0], g) => {
      const next = mu * a - rate * g;
      return [w + mu * next - rate * g, [next]];
    },
    apply: (updates, w, slots, g) => {
      updates.momentum(w, at(slots, 0), g, { learningRate: rate, momentum: mu, nesterov: true });
    },
  },
  adam: {
    slots: [0, 0],
    expected: (w, [m = 0, v = 0], g, t) => {
      const [m2, v2] = [b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g];
      const alpha = (rate * Math.sqrt(1 - b2 ** t)) / (1 - b1 ** t);
      return [w - (alpha * m2) / (Math.sqrt(v2) + eps), [m2, v2]];
    },
    apply: (updates, w, slots, g, t) => {
      updates.adam(w, { m: at(slots, 0), v: at(slots, 1) }, g, adamSettings(t));
    },
  },
  'adam with Nesterov': {
    slots: [0, 0],
    expected: (w, [m = 0, v = 0], g, t) => {
      const [m2, v2] = [b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g];
      const alpha = (rate * Math.sqrt(1 - b2 ** t)) / (1 - b1 ** t);
      return [w - (alpha * (b1 * m2 + (1 - b1) * g)) / (Math.sqrt(v2) + eps), [m2, v2]];
    },
    apply: (updates, w, slots, g, t) => {
      updates.adam(w, { m: at(slots, 0), v: at(slots, 1) }, g, { ...adamSettings(t), nesterov: true });
    },
  },
  amsgrad: {
    slots: [0, 0, 0],
    expected: (w, [m = 0, v = 0, h = 0], g, t) => {
      const [m2, v2] = [b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g];
      const h2 = Math.max(h, v2);
      const alpha = (rate * Math.sqrt(1 - b2 ** t)) / (1 - b1 ** t);
      return [w - (alpha * m2) / (Math.sqrt(h2) + eps), [m2, v2, h2]];
    },
    apply: (updates, w, slots, g, t) => {
      updates.amsgrad(w, { m: at(slots, 0), v: at(slots, 1), vhat: at(slots, 2) }, g, adamSettings(t));
    },
  },
  adamax: {
    slots: [0, 0],
    expected: (w, [m = 0, v = 0], g, t) => {
      const [m2, v2] = [b1 * m + (1 - b1) * g, Math.max(b2 * v, Math.abs(g))];
      return [w - ((rate / (1 - b1 ** t)) * m2) / (v2 + eps), [m2, v2]];
    },
    apply: (updates, w, slots, g, t) => {
      updates.adamax(w, { m: at(slots, 0), v: at(slots, 1) }, g, adamSettings(t));
    },
  },
  rmsprop: {
    slots: [0, 0],
    expected: (w, [s = 0, a = 0], g) => {
      const s2 = rho * s + (1 - rho) * g * g;
      const a2 = mu * a + (rate * g) / Math.sqrt(s2 + eps);
      return [w - a2, [s2, a2]];
    },
    apply: (updates, w, slots, g) => {
      const settings = { learningRate: rate, rho, momentum: mu, epsilon: eps };
      updates.rmsprop(w, { meanSquare: at(slots, 0), momentum: at(slots, 1) }, g, settings);
    },
  },
  'centered rmsprop': {
    slots: [0, 0, 0],
    expected: (w, [q = 0, s = 0, a = 0], g) => {
      const [q2, s2] = [rho * q + (1 - rho) * g, rho * s + (1 - rho) * g * g];
      const a2 = mu * a + (rate * g) / Math.sqrt(s2 - q2 * q2 + eps);
      return [w - a2, [q2, s2, a2]];
    },
    apply: (updates, w, slots, g) => {
      const named = { meanGradient: at(slots, 0), meanSquare: at(slots, 1), momentum: at(slots, 2) };
      updates.centeredRmsprop(w, named, g, { learningRate: rate, rho, momentum: mu, epsilon: eps });
    },
  },
  adagrad: {
    slots: [0.1],
    expected: (w, [a = 0], g) => {
      const a2 = a + g * g;
      return [w - (rate * g) / (Math.sqrt(a2) + eps), [a2]];
    },
    apply: (updates, w, slots, g) => {
      updates.adagrad(w, at(slots, 0), g, { learningRate: rate, epsilon: eps });
    },
  },
  adadelta: {
    slots: [0, 0],
    expected: (w, [a = 0, d = 0], g) => {
      const a2 = rho * a + (1 - rho) * g * g;
      const u = (Math.sqrt(d + eps) / Math.sqrt(a2 + eps)) * g;
      return [w - rate * u, [a2, rho * d + (1 - rho) * u * u]];
    },
    apply: (updates, w, slots, g) => {
      const named = { squares: at(slots, 0), deltas: at(slots, 1) };
      updates.adadelta(w, named, g, { learningRate: rate, rho, epsilon: eps });
    },
  },
  ftrl: {
    slots: [0.1, 0],
    expected: (w, [n = 0, z = 0], g) => {
      const [l1, l2, shrinkage, power] = [0.02, 0.03, 0.01, -0.5];
      const shrunk = g + 2 * shrinkage * w;
      const n2 = n + g * g;
      const z2 = z + shrunk - ((n2 ** -power - n ** -power) / rate) * w;
      const next = Math.abs(z2) > l1 ? (Math.sign(z2) * l1 - z2) / (n2 ** -power / rate + 2 * l2) : 0;
      return [next, [n2, z2]];
    },
    apply: (updates, w, slots, g) => {
      const settings = { learningRate: rate, l1: 0.02, l2: 0.03, l2Shrinkage: 0.01, learningRatePower: -0.5 };
      updates.ftrl(w, { accumulator: at(slots, 0), linear: at(slots, 1) }, g, settings);
    },
  },
};

describe('updates', () => {
  test.each(Object.entries(CASES))('%s follows its formula', (_, { slots: initial, expected, apply }) => {
    const { tf, updates } = engine();
    const gradients = Array.from({ length: UPDATES }, (__, t) => wave(LENGTH, t));
    const weight = tf.variable(tf.tensor1d(wave(LENGTH, 9)));
    const slots = initial.map((value) => tf.variable(tf.fill([LENGTH], value), false));
    const steps = gradients.map((gradient, index) =>
      engine().capture(() => {
        apply(updates, weight, slots, tf.tensor1d(gradient), index + 1);
        return [];
      }),
    );
    // Half of the updates op by op, half of them captured: both are the same op.
    gradients.forEach((gradient, index) => {
      if (index % 2 === 0) steps[index]?.run();
      else apply(updates, weight, slots, tf.tensor1d(gradient), index + 1);
    });
    const wanted = wave(LENGTH, 9).map((start, element) => {
      let [w, state] = [Math.fround(start), initial.map(Math.fround)];
      gradients.forEach((gradient, index) => {
        [w, state] = expected(w, state, Math.fround(gradient[element] ?? 0), index + 1);
      });
      return [w, ...state];
    });
    const found = [weight, ...slots].map((variable) => variable.dataSync());
    wanted.forEach((values, element) => {
      values.forEach((value, index) => {
        expect(Math.abs((found[index]?.[element] ?? Number.NaN) - value)).toBeLessThan(
          2e-6 + 1e-5 * Math.abs(value),
        );
      });
    });
    for (const step of steps) step.dispose();
    tf.dispose([weight, ...slots]);
  });

  test('that are composed of ops stay float32 in bfloat16, by way of float32()', () => {
    const { tf, updates } = engine();
    const weights = [0, 1].map(() => engine().variable(tf.zeros([6, 5])));
    const [straight, protectedOne] = weights;
    const step = engine().capture(
      (a, b) => {
        const gradient = tf.matMul(a, b);
        if (straight) updates.gradientDescent(straight, gradient.mul(0.3), 1);
        if (protectedOne) updates.gradientDescent(protectedOne, updates.float32(gradient).mul(0.3), 1);
        return [gradient];
      },
      { precision: 'bfloat16' },
    );
    const [gradient] = step.run(tf.tensor(wave(24, 1), [6, 4]), tf.tensor(wave(20, 2), [4, 5]));
    const wanted = Array.from(gradient?.dataSync() ?? [], (value) => -Math.fround(value * Math.fround(0.3)));
    expect(Array.from(protectedOne?.dataSync() ?? [])).toEqual(wanted);
    const isRounded = String(straight?.dataSync()) !== String(protectedOne?.dataSync());
    expect(isRounded).toBe((step.receipts[0]?.precision?.rewritten ?? 0) > 0); // The hazard is real where there is bfloat16.
    step.dispose();
    tf.dispose(weights);
  });

  test('of another shape than the weight are refused', () => {
    const { tf, updates } = engine();
    const weight = engine().variable(tf.zeros([2]));
    expect(
      codeOf(() => {
        updates.gradientDescent(weight, tf.zeros([3]), 0.1);
      }),
    ).toBe('INVALID_ARGUMENT');
    expect([...weight.dataSync()]).toEqual([0, 0]);
    weight.dispose();
  });
});
