import type { Engine, Scalar, Tensor, Variable } from '@gradstream/engine';

export interface AdamSettings {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/** Adam in Keras's form (class `Adam`): epsilon stands outside of the bias correction. */
export class Adam {
  readonly #slots: readonly { readonly m: Variable; readonly v: Variable }[];
  readonly #iterations: Variable;

  constructor(
    private readonly engine: Engine,
    private readonly weights: readonly Variable[],
    private readonly settings: AdamSettings,
  ) {
    const { tf } = engine;
    const zeros = (shape: number[]): Variable => tf.tidy(() => engine.variable(tf.zeros(shape), false));
    this.#slots = weights.map(({ shape }) => ({ m: zeros(shape), v: zeros(shape) }));
    this.#iterations = zeros([]);
  }

  get state(): readonly Variable[] {
    return [...this.#slots.flatMap(({ m, v }) => [m, v]), this.#iterations];
  }

  apply(gradients: readonly Tensor[], learningRate: Scalar): void {
    const { tf, updates } = this.engine;
    const { beta1, beta2 } = this.settings;
    this.#iterations.assign(this.#iterations.add(1));
    const power = (beta: number): Tensor => tf.pow(tf.scalar(beta), this.#iterations);
    const settings = { ...this.settings, learningRate, beta1Power: power(beta1), beta2Power: power(beta2) };
    this.weights.forEach((weight, index) => {
      const [slots, gradient] = [this.#slots[index], gradients[index]];
      if (!slots || !gradient) throw new Error('a weight has no gradient');
      updates.adam(weight, slots, gradient, settings);
    });
  }
}
