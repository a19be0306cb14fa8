import type { Engine, Scalar, Tensor, Variable } from '@gradstream/engine';

export interface AdamSettings {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/**
 * Adam (Kingma and Ba, ICLR 2015) in the form of section 2's last paragraph, which Keras uses: the bias corrections
 * are folded into the rate, so epsilon stands outside of them. α = η·√(1−β₂ᵗ)/(1−β₁ᵗ); w ← w − α·m/(√v + ε).
 */
export class Adam {
  readonly #first: readonly Variable[];
  readonly #second: readonly Variable[];
  readonly #iterations: Variable;

  constructor(
    private readonly engine: Engine,
    private readonly weights: readonly Variable[],
    private readonly settings: AdamSettings,
  ) {
    const { tf } = engine;
    const zeros = (shape: number[]): Variable => tf.tidy(() => tf.variable(tf.zeros(shape), false));
    this.#first = weights.map(({ shape }) => zeros(shape));
    this.#second = weights.map(({ shape }) => zeros(shape));
    this.#iterations = zeros([]);
  }

  get state(): readonly Variable[] {
    return [...this.#first, ...this.#second, this.#iterations];
  }

  apply(gradients: readonly Tensor[], learningRate: Scalar): void {
    const { tf } = this.engine;
    const { beta1, beta2, epsilon } = this.settings;
    this.#iterations.assign(this.#iterations.add(1));
    const correction = (beta: number): Tensor => tf.sub(1, tf.pow(tf.scalar(beta), this.#iterations));
    const rate = learningRate.mul(correction(beta2).sqrt()).div(correction(beta1));
    this.weights.forEach((weight, index) => {
      const [first, second, gradient] = [this.#first[index], this.#second[index], gradients[index]];
      if (!first || !second || !gradient) throw new Error('a weight has no gradient');
      first.assign(first.add(gradient.sub(first).mul(1 - beta1)));
      second.assign(
        second.add(
          gradient
            .square()
            .sub(second)
            .mul(1 - beta2),
        ),
      );
      weight.assign(weight.sub(first.mul(rate).div(second.sqrt().add(epsilon))));
    });
  }
}
