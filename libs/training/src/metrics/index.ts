// All metrics of a model over an epoch: one packed output of the captured step, added up on the host.

import type { MetricSettings } from '@gradstream/contracts';
import { EngineError, type Engine, type Tensor, type Tensor1D } from '@gradstream/engine';
import type { LossFunction } from '../losses/index.js';
import type { OutputBatch, TotalLoss } from '../losses/outputs.js';
import { exactly, type Accumulator, type MetricResult } from './accumulator.js';
import { createMetric } from './registry.js';
import { foreignState, Sums, type Store } from './store.js';
import { BatchView, classAxis } from './view.js';

/** An output that is measured. */
export interface MeasuredOutput {
  readonly loss: LossFunction;
  /** Of one sample. */
  readonly shape: readonly number[];
  readonly metrics: readonly MetricSettings[];
}

interface Measured extends MeasuredOutput {
  readonly accumulators: readonly Accumulator[];
  /** Rows of one sample: its positions. */
  readonly positions: number;
}

/** Classes, or units, and positions of one sample of an output. */
function sizesOf({ loss, shape }: MeasuredOutput): { units: number; positions: number } {
  const axis = classAxis(loss);
  const units = shape.at(axis < 0 ? axis : axis - 1) ?? 1;
  return { units, positions: shape.reduce((product, size) => product * size, 1) / units };
}

/**
 * The losses and metrics of an epoch. Results are `loss`, the total; with several outputs `<output>_loss` of each; and
 * metrics by name, with several outputs `<output>_<name>`. Weights, masks and classes that a loss ignores count as in
 * the loss, class weights do not. The loss is the mean of the batches' losses, each by its number of samples.
 */
export class Metrics {
  readonly #outputs = new Map<string, Measured>();
  readonly #results = new Map<string, () => MetricResult>();
  /** Σ samples, then Σ loss · samples of the total and of each output. */
  readonly #losses: Sums;

  constructor(outputs: ReadonlyMap<string, MeasuredOutput>) {
    const isSingle = outputs.size === 1;
    this.#losses = new Sums(2 + (isSingle ? 0 : outputs.size));
    this.#addLoss('loss', 1);
    for (const [name, output] of outputs) {
      if (!isSingle) this.#addLoss(`${name}_loss`, 2 + this.#outputs.size);
      this.#outputs.set(name, this.#measure(output, isSingle ? '' : `${name}_`));
    }
  }

  /** The numbers of a step for `add`, float32 of the length `size`; the first one is the total loss. Runs inside the step. */
  pack(gs: Engine, batches: ReadonlyMap<string, OutputBatch>, { total, byOutput }: TotalLoss): Tensor1D {
    const losses = [total, ...(this.#outputs.size === 1 ? [] : byOutput.values())];
    const numbers = [...this.#outputs].flatMap(([name, { loss, accumulators }]) => {
      const batch = batches.get(name);
      if (!batch) throw new EngineError('INVALID_ARGUMENT', `the output ${name} has metrics and no target`);
      const view = new BatchView(gs, loss, batch);
      return accumulators.flatMap((accumulator) => accumulator.compute(view));
    });
    return gs.tf.concat1d([...losses, ...numbers].map((part: Tensor) => part.reshape<Tensor1D>([-1])));
  }

  /** How many numbers a step of so many samples gives. */
  size(samples: number): number {
    const lengths = [...this.#outputs.values()].flatMap(({ accumulators, positions }) =>
      accumulators.map(({ length }) => length(samples * positions)),
    );
    return lengths.reduce((sum, length) => sum + length, this.#losses.values.length - 1);
  }

  /** Adds what a step of so many samples computed. */
  add(packed: Float32Array, samples: number): void {
    const size = this.size(samples);
    if (packed.length !== size)
      throw new Error(`a step of ${samples} samples gives ${size} numbers for metrics, not ${packed.length}`);
    const losses = this.#losses.values;
    losses[0] = (losses[0] ?? 0) + samples;
    let at = 0;
    for (; at < losses.length - 1; at++) losses[at + 1] = (losses[at + 1] ?? 0) + (packed[at] ?? 0) * samples;
    for (const { accumulators, positions } of this.#outputs.values())
      for (const { store, length } of accumulators) {
        const count = length(samples * positions);
        store.add(packed.subarray(at, at + count));
        at += count;
      }
  }

  /** The results of all steps since the last reset, by name. NaN before the first one. */
  results(): Record<string, MetricResult> {
    return Object.fromEntries([...this.#results].map(([name, result]) => [name, result()]));
  }

  /** Begins anew, as at the start of an epoch. */
  reset(): void {
    for (const store of this.#stores()) store.reset();
  }

  /** All sums as a JSON value; curves have 8 bytes in base64 for each sample. */
  state(): unknown {
    return this.#stores().map((store) => store.state());
  }

  /** The state that `state` told of metrics with the same settings; throws when it cannot be one. */
  restore(state: unknown): void {
    const stores = this.#stores();
    if (!Array.isArray(state) || state.length !== stores.length)
      throw foreignState(`a list of ${stores.length} states`);
    stores.forEach((store, index) => {
      store.restore(state[index]);
    });
  }

  #stores(): Store[] {
    const accumulators = [...this.#outputs.values()].flatMap((output) => output.accumulators);
    return [this.#losses, ...accumulators.map(({ store }) => store)];
  }

  #addLoss(name: string, index: number): void {
    this.#results.set(name, () => exactly(this.#losses.at(index) / this.#losses.at(0)));
  }

  #measure(output: MeasuredOutput, prefix: string): Measured {
    const { units, positions } = sizesOf(output);
    const outline = { units, isSigmoidLogit: output.loss.takesLogitsOf === 'sigmoid' };
    const shared = new Map<string, Accumulator>();
    for (const settings of output.metrics)
      this.#results.set(prefix + (settings.label ?? settings.name), createMetric(settings, outline, shared));
    return { ...output, positions, accumulators: [...shared.values()] };
  }
}

/** The results that are one number, or one for each class or unit as `name/index`: what can be drawn as series. */
export function seriesOf(results: Readonly<Record<string, MetricResult>>): Record<string, number> {
  const entries = Object.entries(results).flatMap(([name, { value }]): [string, number][] => {
    if (typeof value === 'number') return [[name, value]];
    return value.flatMap((one, index): [string, number][] =>
      typeof one === 'number' ? [[`${name}/${index}`, one]] : [],
    );
  });
  return Object.fromEntries(entries);
}
