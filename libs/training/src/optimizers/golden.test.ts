// Every optimizer against Keras 3.15: ten updates with recorded gradients, weights after each, slots at the end.

import { describe, expect, test } from '@jest/globals';
import {
  clippingSchema,
  optimizerSettingsSchema,
  scheduleSchema,
  type ClippingSettings,
  type OptimizerSettings,
} from '@gradstream/contracts';
import type { Scalar, Tensor } from '@gradstream/engine';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { clipGradients } from '../clipping/clip.js';
import { makeSchedule } from '../schedules/schedule.js';
import { useEngine } from '../testing/engine.js';
import { GradientAccumulator } from './accumulator.js';
import { makeOptimizer } from './create.js';

const engine = useEngine();
const folder = path.join(import.meta.dirname, '../testing/golden/optimizers');

type Nested = number | Nested[];
const flatten = (value: Nested): number[] => (typeof value === 'number' ? [value] : value.flatMap(flatten));
interface Case {
  readonly given: Readonly<Record<string, unknown>>;
  readonly variables_after_each_step: Nested[][];
  readonly optimizer_variables_after: Readonly<Record<string, Nested>>;
  readonly variables_after_finalize?: Nested[];
}
interface Golden {
  readonly class: string;
  readonly variables: { readonly kernel: number[][]; readonly bias: number[] };
  readonly gradients: [number[][], number[]][];
  readonly cases: Case[];
  readonly rtol: number;
  readonly atol: number;
}

const NAMES: Readonly<Record<string, OptimizerSettings['name']>> = { SGD: 'sgd', RMSprop: 'rmsprop' };
/** Options whose names are not Keras's in another case. */
const OPTIONS: Readonly<Record<string, string>> = {
  ns_steps: 'newtonSchulzSteps',
  adam_lr_ratio: 'adamLearningRateRatio',
  l1_regularization_strength: 'l1',
  l2_regularization_strength: 'l2',
  l2_shrinkage_regularization_strength: 'l2Shrinkage',
};
const CLIPS: Readonly<Record<string, string>> = {
  clipnorm: 'norm',
  clipvalue: 'value',
  global_clipnorm: 'globalNorm',
};
/** What is asked for in another way, or changes nothing (`relative_step`). */
const ELSEWHERE = [
  'use_ema',
  'ema_momentum',
  'ema_overwrite_frequency',
  'gradient_accumulation_steps',
  'relative_step',
  'learning_rate',
];
const camel = (key: string): string => key.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

interface Plan {
  readonly settings: OptimizerSettings;
  readonly clip: ClippingSettings | null;
  readonly accumulate: number;
  readonly rateOf: (step: number) => number;
}

/** Keras's arguments as settings of ours. */
function planOf(kind: string, given: Case['given']): Plan {
  const options: Record<string, unknown> = {};
  let clip: ClippingSettings | null = null;
  for (const [key, value] of Object.entries(given)) {
    const limit = CLIPS[key];
    if (limit) clip = clippingSchema.parse({ [limit]: value });
    else if (!ELSEWHERE.includes(key)) options[OPTIONS[key] ?? camel(key)] = value;
  }
  const { learning_rate: rate, use_ema: usesEma, ema_momentum: momentum } = given;
  if (usesEma) options['ema'] = { momentum, overwriteEverySteps: given['ema_overwrite_frequency'] ?? null };
  if (typeof rate === 'number') options['learningRate'] = rate;
  const name = NAMES[kind] ?? kind.charAt(0).toLowerCase() + kind.slice(1);
  const settings = optimizerSettingsSchema.parse({ name, ...options });
  const accumulate = Number(given['gradient_accumulation_steps'] ?? 1);
  if (typeof rate !== 'object' || rate === null)
    return { settings, clip, accumulate, rateOf: () => settings.learningRate };
  const { config } = rate as { config: Record<string, number> };
  const { initial_learning_rate: initial = 0, decay_steps: decaySteps, decay_rate: decayRate } = config;
  const schedule = scheduleSchema.parse({ name: 'exponential', decaySteps, decayRate });
  return { settings, clip, accumulate, rateOf: makeSchedule(schedule, initial, 10) };
}

/** The slots of Keras by our names, where they are the same thing. */
function slotsOf(kind: string, after: Case['optimizer_variables_after'], epsilon: number) {
  const slots: Record<string, number[]> = {};
  for (const [path_, value] of Object.entries(after)) {
    const [, weight, slot] = /(?:^|\/)(kernel|bias)_(\w+)$/.exec(path_) ?? [];
    const flat = flatten(value);
    if (weight && slot) slots[`${weight}/${slot}`] = kind === 'Adagrad' ? flat.map((x) => x + epsilon) : flat;
    else if (path_.endsWith('/iteration')) slots['iteration'] = flat;
    else if (path_.startsWith('variable')) slots['u_product'] = flat;
  }
  if (kind === 'Adafactor') delete slots['kernel/velocity']; // Follows from row and column.
  return slots;
}

function expectClose(found: ArrayLike<number>, wanted: Nested, { rtol, atol }: Golden, what: string): void {
  const flat = flatten(wanted);
  expect(found).toHaveLength(flat.length);
  const worst = flat.map(
    (value, at) => Math.abs((found[at] ?? Number.NaN) - value) / (atol + rtol * Math.abs(value)),
  );
  expect([what, worst.every((error) => error <= 1) || worst]).toEqual([what, true]);
}

const goldens = readdirSync(folder).map((file) => {
  const golden = JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as Golden;
  return [file, golden] as const;
});

describe.each(['captured', 'eager'] as const)('updates %s are those of Keras', (executor) => {
  const cases = goldens.flatMap(([file, golden]) =>
    golden.cases.map((one) => [file, one.given, golden, one] as const),
  );
  test.each(cases)('%s %j', (_, given, golden, one) => {
    const { tf } = engine();
    const { settings, clip, accumulate, rateOf } = planOf(golden.class, given);
    const weights = [
      { name: 'kernel', variable: engine().variable(tf.tensor(golden.variables.kernel)) },
      { name: 'bias', variable: engine().variable(tf.tensor(golden.variables.bias)) },
    ];
    const optimizer = makeOptimizer(engine(), settings, weights);
    const accumulator = new GradientAccumulator(engine(), weights);
    const partial = engine().capture(
      (...gradients: Tensor[]) => {
        accumulator.add(gradients, tf.scalar(1));
        return [];
      },
      { executor },
    );
    const whole = engine().capture(
      (...inputs: Tensor[]) => {
        const [given, rate] = [inputs.slice(0, 2), inputs[2]];
        const gradients = accumulate > 1 ? accumulator.mean(given, tf.scalar(1)) : given;
        const clipped = clip ? clipGradients(engine(), clip, weights, gradients) : gradients;
        optimizer.apply(clipped, rate as Scalar);
        return [];
      },
      { executor },
    );
    golden.gradients.forEach((gradients, step) => {
      const tensors = gradients.map((gradient) => tf.tensor(gradient));
      if ((step + 1) % accumulate === 0) whole.run(...tensors, tf.scalar(rateOf(step)));
      else partial.run(...tensors);
      weights.forEach(({ name, variable }, at) => {
        const wanted = one.variables_after_each_step[step]?.[at] ?? [];
        expectClose(variable.dataSync(), wanted, golden, `${name} after step ${step}`);
      });
    });
    const epsilon = 'epsilon' in settings ? settings.epsilon : 0;
    const wanted = slotsOf(golden.class, one.optimizer_variables_after, epsilon);
    const found = new Map(
      [...optimizer.slots, ...accumulator.slots].map((slot) => [slot.name, slot.variable]),
    );
    for (const [name, values] of Object.entries(wanted)) {
      const slot = found.get(name);
      if (!slot && name === 'iteration') continue; // Not all of our rules count.
      expectClose(slot?.dataSync() ?? [], values, golden, name);
    }
    if (one.variables_after_finalize) {
      optimizer.averages?.overwrite();
      weights.forEach(({ name, variable }, at) => {
        expectClose(
          variable.dataSync(),
          one.variables_after_finalize?.[at] ?? [],
          golden,
          `${name} at the end`,
        );
      });
    }
    partial.dispose();
    whole.dispose();
    optimizer.dispose();
    accumulator.dispose();
    for (const { variable } of weights) variable.dispose();
  });
});
