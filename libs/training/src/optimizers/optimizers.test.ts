import { describe, expect, test } from '@jest/globals';
import { optimizerSettingsSchema, type OptimizerSettings } from '@gradstream/contracts';
import type { Scalar, StepOptions, Tensor } from '@gradstream/engine';
import { useEngine } from '../testing/engine.js';
import { GradientAccumulator } from './accumulator.js';
import { makeOptimizer, type OptimizerOptions } from './create.js';
import {
  bytesOf,
  disposeAll,
  EVERY_OPTIMIZER,
  gradientsOf,
  makeWeights,
  SHAPES,
  valuesOf,
  wave,
  waveOf,
} from './testing.js';
import type { NamedVariable } from './weights.js';

const engine = useEngine();
const parse = (given: object): OptimizerSettings => optimizerSettingsSchema.parse(given);

/** Weights, their optimizer, and its update as a captured step. */
function setUp(settings: OptimizerSettings, options: OptimizerOptions = {}, step: StepOptions = {}) {
  const weights = makeWeights(engine());
  const optimizer = makeOptimizer(engine(), settings, weights, options);
  const captured = engine().capture((...inputs: Tensor[]) => {
    optimizer.apply(inputs.slice(0, -1), inputs.at(-1) as Scalar);
    return [];
  }, step);
  const state = (): NamedVariable[] => [...weights, ...optimizer.slots];
  return {
    weights,
    optimizer,
    state,
    update: (at: number, learningRate = 0.05) =>
      captured.run(...gradientsOf(engine(), at), engine().tf.scalar(learningRate)),
    dispose: () => {
      captured.dispose();
      optimizer.dispose();
      disposeAll(weights);
    },
  };
}

describe.each(EVERY_OPTIMIZER)('%s', (_, settings) => {
  test('goes on from its slots with the same bytes, and names each slot once', () => {
    const whole = setUp(settings);
    for (let at = 0; at < 10; at++) whole.update(at);
    const first = setUp(settings);
    for (let at = 0; at < 5; at++) first.update(at);
    const second = setUp(settings);
    const saved = new Map(first.state().map(({ name, variable }) => [name, variable.dataSync()]));
    expect(saved.size).toBe(first.state().length);
    for (const { name, variable } of second.state()) {
      variable.assign(engine().tf.tensor(saved.get(name) ?? [], variable.shape));
    }
    for (let at = 5; at < 10; at++) second.update(at);
    expect(bytesOf(second.state())).toEqual(bytesOf(whole.state()));
    for (const { variable } of whole.state()) expect(valuesOf(variable).every(Number.isFinite)).toBe(true);
    for (const used of [whole, first, second]) used.dispose();
  });

  test('updates in float32 while the step computes in bfloat16', () => {
    const { tf } = engine();
    // Each gradient is a product of matrices, so that what follows it could be rounded.
    const shapes = Object.values(SHAPES);
    const factorsOf = (phase: number): Tensor[] =>
      shapes.flatMap((shape) => {
        const columns = shape.at(-1) ?? 1;
        const rows = shape.reduce((product, length) => product * length, 1) / columns;
        return [waveOf(engine(), [rows, 4], phase), waveOf(engine(), [4, columns], phase + 5)];
      });
    const [half, full] = [setUp(settings), setUp(settings)];
    const step = engine().capture(
      (...inputs: Tensor[]) => {
        const gradients = shapes.map((shape, at) => {
          const [left, right] = inputs.slice(2 * at, 2 * at + 2);
          if (!left || !right) throw new Error('each gradient has two factors');
          const product = left.matMul(right);
          return shape.length === 2 ? product : product.reshape(shape);
        });
        half.optimizer.apply(gradients, inputs.at(-1) as Scalar);
        return gradients;
      },
      { precision: 'bfloat16' },
    );
    for (let at = 0; at < 3; at++) {
      const rate = tf.scalar(0.05);
      full.optimizer.apply(step.run(...factorsOf(at), rate), rate);
    }
    // Muon's iteration is in bfloat16 as its authors have it: 8 bits of updates of 0.05 · 0.2 · √6, three of them.
    const expected = new Map(full.state().map(({ name, variable }) => [name, valuesOf(variable)]));
    for (const { name, variable } of half.state()) {
      const tolerance = settings.name === 'muon' && name === 'dense/kernel' ? 8e-3 : 2e-6;
      valuesOf(variable).forEach((value, i) => {
        const wanted = expected.get(name)?.[i] ?? Number.NaN;
        expect(Math.abs(value - wanted)).toBeLessThan(tolerance * (1 + Math.abs(wanted)));
      });
    }
    step.dispose();
    half.dispose();
    full.dispose();
  });
});

/** Values of the weights by name. */
const weightsOf = ({ weights }: { weights: readonly NamedVariable[] }): Record<string, number[]> =>
  Object.fromEntries(weights.map(({ name, variable }) => [name, valuesOf(variable)]));

const initial = (name: string): number[] => {
  const at = Object.keys(SHAPES).indexOf(name);
  const size = (SHAPES[name] ?? []).reduce((product, length) => product * length, 1);
  return wave(size, at + 1).map(Math.fround);
};

function expectClose(found: readonly number[], wanted: readonly number[], tolerance = 1e-6): void {
  expect(found).toHaveLength(wanted.length);
  found.forEach((value, at) => {
    expect(Math.abs(value - (wanted[at] ?? Number.NaN))).toBeLessThan(tolerance);
  });
}

describe('weights', () => {
  test('decay but for those excluded by name or role, and Muon has two decays', () => {
    // With a gradient of 0, SGD's weight becomes w − w·decay·rate.
    const decayed = (settings: object): string[] => {
      const { tf } = engine();
      const weights = makeWeights(engine());
      const optimizer = makeOptimizer(engine(), parse(settings), weights);
      optimizer.apply(
        weights.map(({ variable }) => tf.zerosLike(variable)),
        tf.scalar(0.5),
      );
      const changed = Object.entries(weightsOf({ weights })).map(([name, values]) => {
        const factors = values.map((value, at) => value / (initial(name)[at] ?? Number.NaN));
        return `${name} ${((factors[0] ?? 0) - 1).toFixed(4)}`;
      });
      optimizer.dispose();
      disposeAll(weights);
      return changed;
    };
    const sgd = { name: 'sgd', weightDecay: 0.1 };
    expect(decayed(sgd)).toEqual(['conv/kernel -0.0500', 'dense/kernel -0.0500', 'dense/bias -0.0500']);
    expect(decayed({ ...sgd, weightDecayExclude: { roles: ['bias'], names: ['conv/*'] } })).toEqual([
      'conv/kernel 0.0000',
      'dense/kernel -0.0500',
      'dense/bias 0.0000',
    ]);
    const muon = { name: 'muon', weightDecay: 0.1, adamWeightDecay: 0.2 };
    expect(decayed(muon)).toEqual(['conv/kernel -0.1000', 'dense/kernel -0.0500', 'dense/bias -0.1000']);
    expect(decayed({ ...muon, exclude: ['*dense*'] })[1]).toBe('dense/kernel -0.1000');
  });

  test('have learning rates of their own; a factor of 0 leaves a weight alone', () => {
    const learningRateFactors = [
      { weights: 'dense/bias', factor: 0 },
      { weights: 'dense/*', factor: 0.5 },
    ];
    const used = setUp(parse({ name: 'sgd', momentum: 0.5, weightDecay: 0.1, learningRateFactors }));
    used.update(0, 0.1);
    const found = weightsOf(used);
    const wanted = (name: string, at: number, rate: number): number[] => {
      const values = initial(name);
      const gradients = wave(values.length, at);
      return values.map((w, i) => w - w * 0.1 * rate - rate * (gradients[i] ?? 0));
    };
    expectClose(found['conv/kernel'] ?? [], wanted('conv/kernel', 0, 0.1));
    expectClose(found['dense/kernel'] ?? [], wanted('dense/kernel', 1, 0.05));
    expect(found['dense/bias']).toEqual(initial('dense/bias'));
    expect(used.optimizer.slots.map(({ name }) => name)).toEqual([
      'conv/kernel/momentum',
      'dense/kernel/momentum',
    ]);
    used.dispose();
  });

  test('keep to their constraints after every update, and averages take in what these leave', () => {
    const used = setUp(parse({ name: 'sgd', ema: { momentum: 0.75 } }), {
      constrain: ({ name, variable }) => (name === 'dense/bias' ? variable.maximum(0.25) : null),
    });
    const past: number[][] = [];
    for (let at = 0; at < 3; at++) {
      used.update(at, 0.5);
      past.push(weightsOf(used)['dense/bias'] ?? []);
      expect(Math.min(...(past.at(-1) ?? []))).toBeGreaterThanOrEqual(0.25);
    }
    const [first = [], second = [], third = []] = past;
    expect(first.includes(0.25)).toBe(true);
    const averaged = first.map(
      (w, i) => 0.75 * (0.75 * w + 0.25 * (second[i] ?? 0)) + 0.25 * (third[i] ?? 0),
    );
    const trained = weightsOf(used);
    used.optimizer.averages?.swap();
    expectClose(weightsOf(used)['dense/bias'] ?? [], averaged);
    used.optimizer.averages?.swap();
    expect(weightsOf(used)).toEqual(trained);
    used.dispose();
  });

  test('stay as they are at a learning rate of 0, with Ftrl too, whose formula divides by it', () => {
    for (const [, settings] of EVERY_OPTIMIZER) {
      const used = setUp({ ...settings, ema: null });
      used.update(0, 0);
      // Schedule-free weights are means of z, which starts from them.
      for (const [name, values] of Object.entries(weightsOf(used))) expectClose(values, initial(name), 1e-12);
      used.dispose();
    }
  });

  test('and slots stay as they are when a loss scale leaves an update out, nested conditions included', () => {
    const { tf } = engine();
    const weights = makeWeights(engine());
    const ema = { overwriteEverySteps: 2, momentum: 0.5 };
    const optimizer = makeOptimizer(engine(), parse({ name: 'ftrl', ema }), weights);
    const scale = engine().lossScale();
    const step = engine().capture((...gradients: Tensor[]) => {
      const { finite } = scale.unscale(gradients);
      return [
        scale.update(finite, () => {
          optimizer.apply(gradients, tf.scalar(0.1));
        }).skipped,
      ];
    });
    const state = (): string[] => bytesOf([...weights, ...optimizer.slots]);
    for (let at = 0; at < 4; at++) {
      const before = state();
      const gradients = gradientsOf(engine(), at);
      if (at % 2 === 1) gradients[2] = tf.fill([5], Infinity);
      expect(step.run(...gradients)[0]?.dataSync()[0]).toBe(at % 2);
      expect(String(state()) === String(before)).toBe(at % 2 === 1);
    }
    // The second update that was made has overwritten the weights.
    const average = optimizer.slots.find(({ name }) => name === 'dense/bias/average');
    expect(average && valuesOf(average.variable)).toEqual(weightsOf({ weights })['dense/bias']);
    step.dispose();
    scale.dispose();
    optimizer.dispose();
    disposeAll(weights);
  });
});

test("the paper's schedule-free form is its algorithm 1, with x stored", () => {
  const used = setUp(parse({ name: 'scheduleFreeAdamW', form: 'paper', beta1: 0.8, beta2: 0.95 }));
  const name = 'dense/bias';
  let [z, x] = [initial(name), initial(name)];
  let v = z.map(() => 0);
  for (let at = 0; at < 6; at++) {
    used.update(at);
    const g = wave(5, 10 * at + 2);
    v = v.map((value, i) => 0.95 * value + 0.05 * (g[i] ?? 0) ** 2);
    const step = v.map((value, i) => (g[i] ?? 0) / (Math.sqrt(value / (1 - 0.95 ** (at + 1))) + 1e-8));
    z = z.map((value, i) => value - 0.05 * (step[i] ?? 0));
    x = x.map((value, i) => value + ((z[i] ?? 0) - value) / (at + 1));
    const y = z.map((value, i) => 0.2 * value + 0.8 * (x[i] ?? 0));
    expectClose(weightsOf(used)[name] ?? [], y, 2e-6);
  }
  used.dispose();
});

describe('gradient accumulation', () => {
  /** Gradient of the mean squared error of x·w on some rows, and a regularization's. */
  const gradientOf = (rows: Tensor, w: Tensor): Tensor =>
    rows
      .matMul(rows.matMul(w).sub(1), true)
      .mul(2 / rows.shape[0])
      .add(w.mul(0.01));

  test.each([
    ['four of 16', [16, 16, 16, 16]],
    ['ragged', [16, 16, 16, 5]],
    ['one alone', [64]],
  ])('of micro-batches, %s, equals the large batch', (_, sizes) => {
    const { tf } = engine();
    const total = sizes.reduce((sum, size) => sum + size, 0);
    const data = waveOf(engine(), [total, 6], 3);
    const weightsAfter = (micro: readonly number[]): number[] => {
      const variable = engine().variable(waveOf(engine(), [6, 1], 1));
      const weights = [{ name: 'w', variable }];
      const optimizer = makeOptimizer(engine(), parse({ name: 'adam' }), weights);
      const accumulator = new GradientAccumulator(engine(), weights);
      const partial = engine().capture((rows) => {
        accumulator.add([gradientOf(rows, variable)], tf.scalar(rows.shape[0]));
        return [];
      });
      const last = engine().capture((rows) => {
        const mean = accumulator.mean([gradientOf(rows, variable)], tf.scalar(rows.shape[0]));
        optimizer.apply(mean, tf.scalar(0.05));
        return [];
      });
      for (let update = 0; update < 3; update++) {
        const parts = tf.split(data, [...micro]);
        parts.forEach((rows, at) => (at < parts.length - 1 ? partial : last).run(rows));
      }
      const values = valuesOf(variable);
      for (const used of [partial, last, optimizer, accumulator, variable]) used.dispose();
      return values;
    };
    expectClose(weightsAfter(sizes), weightsAfter([total]));
  });

  test('goes on in its middle from its slots with the same bytes', () => {
    const { tf } = engine();
    const weights = makeWeights(engine());
    const [whole, second] = [1, 2].map(() => new GradientAccumulator(engine(), weights));
    if (!whole || !second) throw new Error('two were made');
    for (let at = 0; at < 3; at++) {
      whole.add(gradientsOf(engine(), at), tf.scalar(7));
      if (at === 1) {
        second.slots.forEach(({ variable }, i) => {
          const saved = whole.slots[i]?.variable;
          if (saved) variable.assign(tf.tensor(saved.dataSync(), saved.shape));
        });
      } else if (at === 2) second.add(gradientsOf(engine(), at), tf.scalar(7));
    }
    expect(bytesOf(second.slots)).toEqual(bytesOf(whole.slots));
    const [means, others] = [whole, second].map((one) =>
      one.mean(gradientsOf(engine(), 3), tf.scalar(2)).map((mean) => [...mean.dataSync()]),
    );
    expect(means).toEqual(others);
    expect(whole.slots.flatMap(({ variable }) => valuesOf(variable)).every((value) => value === 0)).toBe(
      true,
    );
    for (const used of [whole, second]) used.dispose();
    disposeAll(weights);
  });
});
