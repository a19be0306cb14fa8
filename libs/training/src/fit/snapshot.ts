// A copy of the weights as they were at their best, for early stopping.

import type { Engine, Variable } from '@gradstream/engine';
import type { Weight } from '../network/network.js';
import type { NamedVariable } from '../optimizers/weights.js';

export class Snapshot {
  #copies: readonly { readonly weight: Weight; readonly variable: Variable }[] | null = null;

  constructor(
    private readonly gs: Engine,
    private readonly weights: readonly Weight[],
  ) {}

  /** What a checkpoint keeps; empty before the first one is taken. */
  get variables(): NamedVariable[] {
    return (this.#copies ?? []).map(({ weight, variable }) => ({ name: `best/${weight.name}`, variable }));
  }

  /** Copies the weights as they are now. */
  take(): void {
    if (this.#copies) for (const { weight, variable } of this.#copies) variable.assign(weight.variable);
    else {
      const copy = (weight: Weight): Variable => this.gs.variable(weight.variable, false);
      this.#copies = this.weights.map((weight) => ({ weight, variable: copy(weight) }));
    }
  }

  /** Brings the copies back; does nothing where none was taken. */
  restore(): void {
    for (const { weight, variable } of this.#copies ?? []) weight.variable.assign(variable);
  }

  dispose(): void {
    for (const { variable } of this.#copies ?? []) variable.dispose();
    this.#copies = null;
  }
}
