// Runs metrics in captured steps, over batches, as a training loop does; and plain arithmetic that tests compare with.

import { expect } from '@jest/globals';
import { lossSettingsSchema, metricsSettingsSchema } from '@gradstream/contracts';
import type { Engine, Executor, Tensor } from '@gradstream/engine';
import { createLossFunction } from '../losses/index.js';
import { totalLoss, type OutputBatch } from '../losses/outputs.js';
import { Metrics } from './index.js';

export type Matrix = readonly (readonly number[])[];

export interface Setup {
  readonly loss: unknown;
  readonly fused?: boolean;
  readonly shape: readonly number[];
  readonly metrics: readonly unknown[];
}
/** Values of an output, of one batch. */
export interface Batch {
  readonly target: {
    readonly values: readonly number[];
    readonly shape: readonly number[];
    readonly isIndex?: boolean;
  };
  readonly output: { readonly values: readonly number[]; readonly shape: readonly number[] };
  readonly sampleWeights?: readonly number[];
  readonly mask?: readonly number[];
}

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
export const mean = (values: readonly number[]): number => sum(values) / values.length;
/** Numbers without order, in about [−1, 1]. */
export const wave = (count: number, phase: number): number[] =>
  Array.from({ length: count }, (_, i) =>
    Math.fround(Math.sin(3 * i + phase) + 0.3 * Math.cos(17 * i + phase)),
  );

function lossOf(gs: Engine, { loss, fused = false }: Setup) {
  return createLossFunction(gs, lossSettingsSchema.parse(loss), { fused });
}

export const metricsOf = (gs: Engine, setups: Readonly<Record<string, Setup>>): Metrics =>
  new Metrics(
    new Map(
      Object.entries(setups).map(([name, setup]) => {
        const { shape, metrics } = setup;
        return [name, { loss: lossOf(gs, setup), shape, metrics: metricsSettingsSchema.parse(metrics) }];
      }),
    ),
  );

/** Runs one captured step for each batch, and gives the metrics what it computed. */
export function feed(
  gs: Engine,
  metrics: Metrics,
  setups: Readonly<Record<string, Setup>>,
  batches: readonly Readonly<Record<string, Batch>>[],
  executor: Executor = 'captured',
): void {
  const { tf } = gs;
  const losses = new Map(
    Object.entries(setups).map(([name, setup]) => [name, { loss: lossOf(gs, setup), weight: 1 }]),
  );
  for (const batch of batches) {
    const names = Object.keys(batch);
    const given = Object.values(batch);
    const optional = (values: readonly number[] | undefined): Tensor[] =>
      values ? [tf.tensor1d([...values])] : [];
    const inputs = given.flatMap(({ target, output, sampleWeights, mask }) => [
      tf.tensor([...target.values], [...target.shape], target.isIndex ? 'int32' : 'float32'),
      tf.tensor([...output.values], [...output.shape]),
      ...optional(sampleWeights),
      ...optional(mask),
    ]);
    const step = gs.capture(
      (...tensors: Tensor[]) => {
        const rest = [...tensors];
        const next = (): Tensor => rest.shift() ?? tf.scalar(0);
        const outputs = new Map(
          given.map(({ sampleWeights, mask }, index): [string, OutputBatch] => [
            names[index] ?? '',
            {
              target: next(),
              output: next(),
              ...(sampleWeights ? { sampleWeights: next() } : {}),
              ...(mask ? { mask: next() } : {}),
            },
          ]),
        );
        return [metrics.pack(gs, outputs, totalLoss(gs, losses, outputs))];
      },
      { executor },
    );
    const outputs = step.run(...inputs);
    expect(outputs).toHaveLength(1);
    metrics.add(Float32Array.from(outputs[0]?.dataSync() ?? []), given[0]?.target.shape[0] ?? 0);
    tf.dispose([...inputs, ...outputs]);
    step.dispose();
  }
}

/** The results of one output, called `out`. */
export function measure(
  gs: Engine,
  setup: Setup,
  batches: readonly Batch[],
  executor: Executor = 'captured',
): Record<string, unknown> {
  const metrics = metricsOf(gs, { out: setup });
  feed(
    gs,
    metrics,
    { out: setup },
    batches.map((out) => ({ out })),
    executor,
  );
  return Object.fromEntries(Object.entries(metrics.results()).map(([name, { value }]) => [name, value]));
}

/** Rows of a flat list. */
export const rowsOf = (values: readonly number[], width: number): Matrix =>
  Array.from({ length: values.length / width }, (_, row) => values.slice(row * width, (row + 1) * width));
export const softmax = (row: readonly number[]): number[] => {
  const total = sum(row.map(Math.exp));
  return row.map((logit) => Math.exp(logit) / total);
};
export const argMax = (row: readonly number[]): number => row.indexOf(Math.max(...row));
/** The weighted share of ordered pairs, ties counting one half. */
export function pairwise(
  scores: readonly number[],
  isPositive: readonly boolean[],
  weights: readonly number[],
): number {
  let [right, all] = [0, 0];
  scores.forEach((score, i) => {
    scores.forEach((other, j) => {
      if (!isPositive[i] || isPositive[j]) return;
      const weight = (weights[i] ?? 0) * (weights[j] ?? 0);
      all += weight;
      right += weight * (score > other ? 1 : score === other ? 0.5 : 0);
    });
  });
  return right / all;
}

export function expectClose(found: unknown, wanted: unknown, digits = 5): void {
  const flat = (value: unknown): unknown[] => (Array.isArray(value) ? value.flatMap(flat) : [value]);
  const [a, b] = [flat(found), flat(wanted)];
  expect(a).toHaveLength(b.length);
  a.forEach((value, index) => {
    expect(value).toBeCloseTo(b[index] as number, digits);
  });
}
