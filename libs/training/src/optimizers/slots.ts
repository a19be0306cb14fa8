import type { Engine, Tensor, Variable } from '@gradstream/engine';
import type { NamedVariable, TrainableWeight } from './weights.js';

/** Makes the variables that an optimizer keeps besides the weights, all float32, and knows them by name. */
export class Slots {
  readonly #all: NamedVariable[] = [];

  constructor(private readonly engine: Engine) {}

  /** In the order in which they were made, which follows the order of the weights. */
  get all(): readonly NamedVariable[] {
    return this.#all;
  }

  /** `<weight>/<slot>`, of the weight's shape, or of another one. */
  filled(weight: TrainableWeight, slot: string, value = 0, shape = weight.variable.shape): Variable {
    return this.#make(`${weight.name}/${slot}`, () => this.engine.tf.fill(shape, value));
  }

  /** `<weight>/<slot>` with the weight's present values. */
  copy(weight: TrainableWeight, slot: string): Variable {
    return this.#make(`${weight.name}/${slot}`, () => weight.variable.clone());
  }

  /** A scalar of the optimizer as a whole. */
  scalar(name: string, value: number): Variable {
    return this.#make(name, () => this.engine.tf.scalar(value));
  }

  dispose(): void {
    for (const { variable } of this.#all.splice(0)) variable.dispose();
  }

  #make(name: string, initial: () => Tensor): Variable {
    const variable = this.engine.tf.tidy(() => this.engine.variable(initial(), false));
    this.#all.push({ name, variable });
    return variable;
  }
}
