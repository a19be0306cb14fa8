// Dynamic loss scaling within a captured step, by the rule of Keras 3 (class LossScaleOptimizer) and of Micikevicius
// et al., Mixed Precision Training, ICLR 2018, section 3.2.

import type { Rank, Scalar, Tensor, Variable } from '@tensorflow/tfjs';
import type { Runtime } from '../backend/runtime.js';
import { adoptVariable } from '../backend/variables.js';
import { condition } from '../capture/condition.js';
import { EngineError } from '../errors.js';

export interface LossScaleOptions {
  /** The scale at the start, 2^15 by default. A power of two, so that scaling loses no digits. */
  readonly initial?: number;
  /** Updates in a row without an overflow after which the scale doubles, 2000 by default. */
  readonly growthInterval?: number;
}

/** The state; all are float32 scalars, to be saved and restored with the optimizer's. */
export interface LossScaleVariables {
  readonly scale: Variable;
  /** Updates since the scale last changed. */
  readonly goodSteps: Variable;
  /** Updates that were left out so far. */
  readonly skipped: Variable;
}

/** What `update` did, for the outputs of the step: scalars. */
export interface LossScaleReport {
  /** The scale that this step used. */
  readonly scale: Tensor;
  /** 1 when this step's update was left out, else 0. */
  readonly skipped: Tensor;
}

export interface UnscaledGradients {
  readonly gradients: Tensor[];
  /** Bool scalar: whether every element of every gradient is finite. */
  readonly finite: Tensor;
}

const GROWTH = 2;
const BACKOFF = 0.5;
/** The smallest normal float32. At zero the scale could never grow again, and gradients would be 0 / 0. */
const SMALLEST = 2 ** -126;

/** A loss scale that finds its value during training. Holds three variables until it is disposed. */
export class LossScale {
  readonly variables: LossScaleVariables;
  readonly #growthInterval: number;

  constructor(
    private readonly runtime: Runtime,
    { initial = 2 ** 15, growthInterval = 2000 }: LossScaleOptions = {},
  ) {
    if (!(initial > 0 && Number.isFinite(initial)))
      throw new EngineError('INVALID_ARGUMENT', `a loss scale starts at a positive number, not ${initial}`);
    if (!(Number.isInteger(growthInterval) && growthInterval > 0)) {
      const message = `a loss scale grows after a positive number of steps, not ${growthInterval}`;
      throw new EngineError('INVALID_ARGUMENT', message);
    }
    this.#growthInterval = growthInterval;
    const make = (value: number): Variable => {
      const variable = runtime.tf.tidy(() => runtime.tf.variable<Rank>(runtime.tf.scalar(value), false));
      adoptVariable(runtime, variable);
      return variable;
    };
    this.variables = { scale: make(initial), goodSteps: make(0), skipped: make(0) };
  }

  /** The loss (float32 scalar) times the scale: what the gradients are taken of. */
  scale(loss: Tensor): Scalar {
    return loss.mul(this.variables.scale).asScalar();
  }

  /**
   * Gradients of the scaled loss, divided by the scale, of the same shapes; and whether all of them are finite. A
   * gradient that is not stays so.
   */
  unscale(gradients: readonly Tensor[]): UnscaledGradients {
    const { tf } = this.runtime;
    const checks = gradients.map((gradient) => tf.all(tf.isFinite(gradient)));
    return {
      gradients: gradients.map((gradient) => tf.div(gradient, this.variables.scale)),
      finite: checks.length === 0 ? tf.scalar(true, 'bool') : tf.all(tf.stack(checks)),
    };
  }

  /**
   * Runs `apply`, which updates weights and slots, when all gradients were finite; otherwise nothing that it would
   * change changes, and the scale is halved. After `growthInterval` updates in a row the scale doubles.
   */
  update(finite: Tensor, apply: () => void): LossScaleReport {
    const { runtime } = this;
    const { tf } = runtime;
    const { scale, goodSteps, skipped } = this.variables;
    const used = scale.clone();
    const grow = (): Tensor[] => {
      apply();
      const next = goodSteps.add(1);
      const full = next.greaterEqual(this.#growthInterval);
      const grown = scale.mul(GROWTH);
      // A scale that overflows itself would end training.
      scale.assign(tf.where(full.logicalAnd(tf.isFinite(grown)), grown, scale));
      goodSteps.assign(tf.where(full, tf.zerosLike(next), next));
      return [tf.scalar(0)];
    };
    const skip = (): Tensor[] => {
      scale.assign(tf.maximum(scale.mul(BACKOFF), SMALLEST));
      goodSteps.assign(tf.zerosLike(goodSteps));
      skipped.assign(skipped.add(1));
      return [tf.scalar(1)];
    };
    const [left = used] = condition(runtime, finite, [grow, skip]);
    return { scale: used, skipped: left };
  }

  dispose(): void {
    this.runtime.tf.dispose([this.variables.scale, this.variables.goodSteps, this.variables.skipped]);
  }
}
