import type { Engine, Scalar, Tensor, Variable } from '@gradstream/engine';

export interface SgdSettings {
  readonly momentum: number;
  readonly nesterov: boolean;
}

/** Gradient descent in Keras's form (class `SGD`), with momentum or without. */
export class Sgd {
  readonly state: readonly Variable[];

  constructor(
    private readonly engine: Engine,
    private readonly weights: readonly Variable[],
    private readonly settings: SgdSettings,
  ) {
    const { tf } = engine;
    const zeros = ({ shape }: Variable): Variable => tf.tidy(() => engine.variable(tf.zeros(shape), false));
    this.state = settings.momentum > 0 ? weights.map(zeros) : [];
  }

  apply(gradients: readonly Tensor[], learningRate: Scalar): void {
    const { updates } = this.engine;
    this.weights.forEach((weight, index) => {
      const [velocity, gradient] = [this.state[index], gradients[index]];
      if (!gradient) throw new Error('a weight has no gradient');
      if (velocity) updates.momentum(weight, velocity, gradient, { ...this.settings, learningRate });
      else updates.gradientDescent(weight, gradient, learningRate);
    });
  }
}
