// For the tests of optimizers: one setting of each, and weights with gradients that have no pattern.

import { optimizerSettingsSchema, type OptimizerSettings } from '@gradstream/contracts';
import type { Engine, Tensor, Variable } from '@gradstream/engine';
import type { NamedVariable } from './weights.js';

const GIVEN: readonly object[] = [
  { name: 'sgd' },
  { name: 'sgd', momentum: 0.9, nesterov: true, ema: { overwriteEverySteps: 3 } },
  { name: 'adam' },
  { name: 'adam', amsgrad: true, weightDecay: 0.01 },
  { name: 'adamW', ema: {} },
  { name: 'nadam' },
  { name: 'adamax' },
  { name: 'rmsprop', momentum: 0.5 },
  { name: 'rmsprop', centered: true },
  { name: 'adagrad' },
  { name: 'adadelta' },
  { name: 'adafactor' },
  { name: 'ftrl', l1: 0.01, beta: 0.1 },
  { name: 'lion' },
  { name: 'lamb' },
  { name: 'muon' },
  { name: 'scheduleFreeAdamW', warmupSteps: 3 },
  { name: 'scheduleFreeAdamW', form: 'paper' },
];

/** Settings of every optimizer, under names for a table of tests. */
export const EVERY_OPTIMIZER = GIVEN.map((given) => {
  const settings: OptimizerSettings = optimizerSettingsSchema.parse(given);
  return [JSON.stringify(given), settings] as const;
});

/** Numbers without order, in about [-1, 1]; the same for the same arguments. */
export const wave = (count: number, phase: number): number[] =>
  Array.from({ length: count }, (_, i) => Math.sin(3 * i + phase) + 0.1 * Math.cos(17 * i));

/** A tensor of such numbers. */
export const waveOf = ({ tf }: Engine, shape: number[], phase: number): Tensor =>
  tf.tensor(
    wave(
      shape.reduce((product, length) => product * length, 1),
      phase,
    ),
    shape,
  );

export const SHAPES: Readonly<Record<string, number[]>> = {
  'conv/kernel': [2, 2, 3, 4],
  'dense/kernel': [6, 5],
  'dense/bias': [5],
};

/** Weights of a convolution and a dense layer; the caller disposes them. */
export function makeWeights(engine: Engine): NamedVariable[] {
  return Object.entries(SHAPES).map(([name, shape], at) => ({
    name,
    variable: engine.tf.tidy(() => engine.variable(waveOf(engine, shape, at + 1))),
  }));
}

export const gradientsOf = (engine: Engine, step: number): Tensor[] =>
  Object.values(SHAPES).map((shape, at) => waveOf(engine, shape, 10 * step + at));

/** The bits of variables. */
export const bytesOf = (variables: readonly NamedVariable[]): string[] =>
  variables.map(({ name, variable }) => {
    const values = Float32Array.from(variable.dataSync());
    return `${name} ${Buffer.from(values.buffer).toString('hex')}`;
  });

export const valuesOf = (variable: Variable): number[] => Array.from(variable.dataSync());

export function disposeAll(variables: readonly NamedVariable[]): void {
  for (const { variable } of variables) variable.dispose();
}
