import type { SettingsOf } from '@gradstream/contracts';
import type { Engine, Scalar, Tensor } from '@gradstream/engine';
import { Adam, type BetaPowers } from './adam.js';
import type { UpdateRule, WeightUpdate } from './rule.js';
import type { Slots } from './slots.js';
import { fitsAny, type TrainableWeight } from './weights.js';

const EPSILON = 1e-7; // Keras's, next to the norm.

/**
 * Muon in Keras's form (class `Muon`; Jordan et al., 2024): momentum, made orthogonal by Newton and Schulz's iteration.
 * Weights that are not matrices, embeddings and those excluded get AdamW. Under bfloat16 the products of the iteration
 * are computed in bfloat16, as the authors do it; momentum and weights stay float32.
 */
export class Muon implements UpdateRule<BetaPowers> {
  readonly timed = true;
  readonly #adam: Adam;

  constructor(
    private readonly engine: Engine,
    private readonly slots: Slots,
    private readonly settings: Omit<SettingsOf<'muon'>, 'name' | 'learningRate'>,
  ) {
    const { adamBeta1: beta1, adamBeta2: beta2, epsilon } = settings;
    this.#adam = new Adam(engine, slots, { beta1, beta2, epsilon, amsgrad: false });
  }

  shared(t: Scalar): BetaPowers {
    return this.#adam.shared(t);
  }

  /** Whether AdamW updates a weight. */
  static usesAdam(
    { name, variable }: TrainableWeight,
    { exclude, excludeEmbeddings }: Pick<SettingsOf<'muon'>, 'exclude' | 'excludeEmbeddings'>,
  ): boolean {
    if (variable.rank !== 2) return true;
    return (excludeEmbeddings && name.toLowerCase().includes('embedding')) || fitsAny(name, exclude);
  }

  prepare(weight: TrainableWeight): WeightUpdate<BetaPowers> {
    const { variable } = weight;
    const { adamLearningRateRatio: ratio, momentum, nesterov, rmsRate } = this.settings;
    if (Muon.usesAdam(weight, this.settings)) {
      const update = this.#adam.prepare(weight);
      if (ratio === 1) return update;
      return (gradient, learningRate, powers) => {
        update(gradient, learningRate.mul(ratio), powers);
      };
    }
    const { updates } = this.engine;
    const m = this.slots.filled(weight, 'momentum');
    const factor = rmsRate === null ? 1 : Math.sqrt(Math.max(...variable.shape)) * rmsRate;
    return (given, learningRate) => {
      const gradient = updates.float32(given);
      const next = m.mul(momentum).add(gradient);
      m.assign(next);
      const direction = this.#orthogonal(nesterov ? next.mul(momentum).add(gradient) : next);
      updates.gradientDescent(variable, direction, learningRate.mul(factor));
    };
  }

  /** x with its singular values near 1: X ← aX + (bA + cA²)X with A = XXᵀ, on the shorter side of x. */
  #orthogonal(given: Tensor): Tensor {
    const { engine } = this;
    const { newtonSchulzA: a, newtonSchulzB: b, newtonSchulzC: c, newtonSchulzSteps: steps } = this.settings;
    const [rows = 0, columns = 0] = given.shape;
    const tall = rows > columns;
    const norm = engine.norms([[given]]).add(EPSILON);
    let x = given.div(norm);
    for (let step = 0; step < steps; step++) {
      const gram = x.matMul(x, tall, !tall);
      const polynomial = gram.mul(b).add(gram.matMul(gram).mul(c));
      x = x.mul(a).add(tall ? x.matMul(polynomial) : polynomial.matMul(x));
    }
    return x;
  }
}
