// Parameter updates as TensorFlow's fused ops: one op changes a weight and its slots in place. g is the gradient,
// η the learning rate. Formulas: the kernels' documentation (training_ops.cc of TensorFlow 2.21).

import type { Tensor, Variable } from '@tensorflow/tfjs';
import { boolAttribute, type Runtime } from '../backend/runtime.js';
import { adoptVariable } from '../backend/variables.js';

/** A number is a constant of a captured step; what changes from step to step has to be a tensor (float32 scalar). */
export type Setting = Tensor | number;

const UNLOCKED = boolAttribute('use_locking', false);

export class UpdateOps {
  constructor(private readonly runtime: Runtime) {}

  /**
   * A float32 gradient as an update that is composed of ops takes it: the same bits. Under bfloat16 Grappler also rounds
   * sums and products that follow a product of matrices, and so would round what becomes of a gradient; it does not look
   * past this op. The updates below need it not.
   */
  float32(gradient: Tensor): Tensor {
    const { runtime } = this;
    const types = [runtime.typeAttribute('T', 'float32'), runtime.typeAttribute('type', 'float32')];
    return runtime.run('Bitcast', types, [gradient]);
  }

  /** w ← w − η·g. */
  gradientDescent(weight: Variable, gradient: Tensor, learningRate: Setting): void {
    this.#apply('ResourceApplyGradientDescent', [weight, learningRate, gradient]);
  }

  /**
   * Momentum as Keras has it (class SGD): a ← μ·a − η·g; w ← w + a, or with Nesterov's momentum w ← w + μ·a − η·g.
   */
  momentum(
    weight: Variable,
    accumulator: Variable,
    gradient: Tensor,
    {
      learningRate,
      momentum,
      nesterov = false,
    }: { learningRate: Setting; momentum: Setting; nesterov?: boolean },
  ): void {
    const inputs = [weight, accumulator, learningRate, gradient, momentum];
    this.#apply('ResourceApplyKerasMomentum', inputs, [boolAttribute('use_nesterov', nesterov)]);
  }

  /**
   * Adam (Kingma and Ba, ICLR 2015), ε outside of the bias correction as in the last paragraph of section 2:
   * m ← β₁m + (1−β₁)g; v ← β₂v + (1−β₂)g²; w ← w − η·√(1−β₂ᵗ)/(1−β₁ᵗ)·m/(√v + ε); Nesterov's form puts
   * β₁m + (1−β₁)g in the place of m.
   */
  adam(
    weight: Variable,
    slots: { readonly m: Variable; readonly v: Variable },
    gradient: Tensor,
    settings: AdamSettings & { readonly nesterov?: boolean },
  ): void {
    const { beta1Power, beta2Power, learningRate, beta1, beta2, epsilon, nesterov = false } = settings;
    this.#apply(
      'ResourceApplyAdam',
      [weight, slots.m, slots.v, beta1Power, beta2Power, learningRate, beta1, beta2, epsilon, gradient],
      [boolAttribute('use_nesterov', nesterov)],
    );
  }

  /** Adam with the largest v so far in the place of v (Reddi, Kale, Kumar, ICLR 2018). */
  amsgrad(
    weight: Variable,
    slots: { readonly m: Variable; readonly v: Variable; readonly vhat: Variable },
    gradient: Tensor,
    { beta1Power, beta2Power, learningRate, beta1, beta2, epsilon }: AdamSettings,
  ): void {
    const rates = [beta1Power, beta2Power, learningRate, beta1, beta2, epsilon];
    this.#apply('ResourceApplyAdamWithAmsgrad', [weight, slots.m, slots.v, slots.vhat, ...rates, gradient]);
  }

  /** Adamax (Kingma and Ba, section 7.1): m ← β₁m + (1−β₁)g; v ← max(β₂v, |g|); w ← w − η/(1−β₁ᵗ)·m/(v + ε). */
  adamax(
    weight: Variable,
    slots: { readonly m: Variable; readonly v: Variable },
    gradient: Tensor,
    { beta1Power, learningRate, beta1, beta2, epsilon }: Omit<AdamSettings, 'beta2Power'>,
  ): void {
    const inputs = [weight, slots.m, slots.v, beta1Power, learningRate, beta1, beta2, epsilon, gradient];
    this.#apply('ResourceApplyAdaMax', inputs);
  }

  /** RMSprop (Tieleman and Hinton, 2012): s ← ρs + (1−ρ)g²; a ← μa + η·g/√(s + ε); w ← w − a. */
  rmsprop(
    weight: Variable,
    slots: { readonly meanSquare: Variable; readonly momentum: Variable },
    gradient: Tensor,
    { learningRate, rho, momentum, epsilon }: RmspropSettings,
  ): void {
    const inputs = [weight, slots.meanSquare, slots.momentum, learningRate, rho, momentum, epsilon, gradient];
    this.#apply('ResourceApplyRMSProp', inputs);
  }

  /** RMSprop with the mean taken off (Graves, 2013): also q ← ρq + (1−ρ)g, and √(s − q² + ε). */
  centeredRmsprop(
    weight: Variable,
    slots: { readonly meanGradient: Variable; readonly meanSquare: Variable; readonly momentum: Variable },
    gradient: Tensor,
    { learningRate, rho, momentum, epsilon }: RmspropSettings,
  ): void {
    const { meanGradient, meanSquare, momentum: velocity } = slots;
    const inputs = [
      weight,
      meanGradient,
      meanSquare,
      velocity,
      learningRate,
      rho,
      momentum,
      epsilon,
      gradient,
    ];
    this.#apply('ResourceApplyCenteredRMSProp', inputs);
  }

  /** Adagrad (Duchi, Hazan, Singer, JMLR 12, 2011): a ← a + g²; w ← w − η·g/(√a + ε). */
  adagrad(
    weight: Variable,
    accumulator: Variable,
    gradient: Tensor,
    { learningRate, epsilon }: { learningRate: Setting; epsilon: Setting },
  ): void {
    this.#apply('ResourceApplyAdagradV2', [weight, accumulator, learningRate, epsilon, gradient]);
  }

  /** Adadelta (Zeiler, 2012): a ← ρa + (1−ρ)g²; u = √(d + ε)/√(a + ε)·g; d ← ρd + (1−ρ)u²; w ← w − η·u. */
  adadelta(
    weight: Variable,
    slots: { readonly squares: Variable; readonly deltas: Variable },
    gradient: Tensor,
    { learningRate, rho, epsilon }: { learningRate: Setting; rho: Setting; epsilon: Setting },
  ): void {
    const inputs = [weight, slots.squares, slots.deltas, learningRate, rho, epsilon, gradient];
    this.#apply('ResourceApplyAdadelta', inputs);
  }

  /**
   * Ftrl (McMahan et al., KDD 2013) with shrinkage: g' = g + 2·s·w; n' = n + g²; σ = (n'⁻ᵖ − n⁻ᵖ)/η;
   * z ← z + g' − σ·w; w ← |z| > λ₁ ? (sgn(z)·λ₁ − z)/(n'⁻ᵖ/η + 2λ₂) : 0; n ← n'.
   */
  ftrl(
    weight: Variable,
    slots: { readonly accumulator: Variable; readonly linear: Variable },
    gradient: Tensor,
    settings: FtrlSettings,
  ): void {
    const { learningRate, l1, l2, l2Shrinkage, learningRatePower } = settings;
    const inputs = [weight, slots.accumulator, slots.linear, gradient, learningRate, l1, l2, l2Shrinkage];
    this.#apply('ResourceApplyFtrlV2', [...inputs, learningRatePower]);
  }

  #apply(
    op: string,
    inputs: readonly Setting[],
    attributes: readonly ReturnType<typeof boolAttribute>[] = [],
  ): void {
    const { runtime } = this;
    if (!runtime.binding.capture) {
      for (const input of inputs)
        if (input instanceof runtime.tf.Variable) adoptVariable(runtime, input as Variable);
    }
    runtime.tf.tidy(() => {
      const tensors = inputs.map((input) => (typeof input === 'number' ? runtime.tf.scalar(input) : input));
      runtime.runEffect(op, [runtime.typeAttribute('T', 'float32'), UNLOCKED, ...attributes], tensors);
    });
  }
}

export interface AdamSettings {
  /** β₁ᵗ and β₂ᵗ of the update that is made, t from 1. */
  readonly beta1Power: Setting;
  readonly beta2Power: Setting;
  readonly learningRate: Setting;
  readonly beta1: Setting;
  readonly beta2: Setting;
  readonly epsilon: Setting;
}

export interface RmspropSettings {
  readonly learningRate: Setting;
  readonly rho: Setting;
  readonly momentum: Setting;
  readonly epsilon: Setting;
}

export interface FtrlSettings {
  readonly learningRate: Setting;
  readonly l1: Setting;
  readonly l2: Setting;
  readonly l2Shrinkage: Setting;
  /** p of the formula, at most 0; -0.5 gives the square root. */
  readonly learningRatePower: Setting;
}
