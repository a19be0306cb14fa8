import type { Engine, Scalar, Tensor, Variable } from '@gradstream/engine';

export interface SgdSettings {
  readonly momentum: number;
  readonly nesterov: boolean;
}

/**
 * Gradient descent with momentum, in Keras's form (class `SGD`): v ← m·v − η·g; w ← w + v, or with Nesterov's
 * momentum w ← w + m·v − η·g.
 */
export class Sgd {
  readonly state: readonly Variable[];

  constructor(
    engine: Engine,
    private readonly weights: readonly Variable[],
    private readonly settings: SgdSettings,
  ) {
    const { tf } = engine;
    const zeros = ({ shape }: Variable): Variable => tf.tidy(() => tf.variable(tf.zeros(shape), false));
    this.state = settings.momentum > 0 ? weights.map(zeros) : [];
  }

  apply(gradients: readonly Tensor[], learningRate: Scalar): void {
    const { momentum, nesterov } = this.settings;
    this.weights.forEach((weight, index) => {
      const gradient = gradients[index];
      if (!gradient) throw new Error('a weight has no gradient');
      const step = gradient.mul(learningRate).neg();
      const velocity = this.state[index];
      if (!velocity) {
        weight.assign(weight.add(step));
        return;
      }
      const next = velocity.mul(momentum).add(step);
      velocity.assign(next);
      weight.assign(weight.add(nesterov ? next.mul(momentum).add(step) : next));
    });
  }
}
