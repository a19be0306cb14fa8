// A copy of the weights as they were at their best, for early stopping: those that were evaluated, which are the averages
// where the optimizer keeps them.

import type { Variable } from '@gradstream/engine';
import type { Weight } from '../network/network.js';
import type { NamedVariable } from '../optimizers/weights.js';
import type { Training } from './training.js';

export class Snapshot {
  #copies: readonly { readonly weight: Weight; readonly variable: Variable }[] | null = null;
  #metrics: Readonly<Record<string, number>> = {};

  constructor(private readonly training: Training) {}

  /** What a checkpoint keeps; empty before the first one is taken. */
  get variables(): NamedVariable[] {
    return (this.#copies ?? []).map(({ weight, variable }) => ({ name: `best/${weight.name}`, variable }));
  }

  /** What was measured of the copied weights. */
  get metrics(): Readonly<Record<string, number>> {
    return this.#metrics;
  }

  /** Copies the weights as they are now, with what was measured of them. */
  take(metrics: Readonly<Record<string, number>>): void {
    const { gs, network } = this.training;
    this.#metrics = metrics;
    const source = (weight: Weight): Variable => this.training.evaluated(weight);
    if (this.#copies) for (const { weight, variable } of this.#copies) variable.assign(source(weight));
    else
      this.#copies = network.weights.map((weight) => ({
        weight,
        variable: gs.variable(source(weight), false),
      }));
  }

  /** Brings the copies back, into the averages as well; does nothing where none was taken. */
  restore(): void {
    for (const { weight, variable } of this.#copies ?? []) weight.variable.assign(variable);
    if (this.#copies) this.training.optimizer.averages?.reset();
  }

  dispose(): void {
    for (const { variable } of this.#copies ?? []) variable.dispose();
    this.#copies = null;
  }
}
