// Statistics of gradients, computed where the gradients are and packed into one tensor, so that a step that reports them
// has one output more.

import type { Tensor, Tensor1D, Variable } from '@tensorflow/tfjs';
import type { Runtime } from '../backend/runtime.js';
import { BINS, LOWEST_EXPONENT, type StatisticsLevel } from './layout.js';

/** Gradients that are described together, such as those of a layer. */
export interface StatisticsGroup {
  /** Float32, of any shapes; none is fine. */
  readonly gradients: readonly Tensor[];
  /** For the update ratio: what was added to the weights, see `updatesOf`, and the weights. */
  readonly updates?: readonly Tensor[];
  readonly weights?: readonly Tensor[];
}

/** Of float32 (IEEE 754). */
const MAGNITUDE_BITS = 0x7fffffff;
const FRACTION_BITS = 23;
const EXPONENT_BIAS = 127;
const NOT_FINITE = 255;

/** Biased exponent of bin 1. */
const FIRST_EXPONENT = LOWEST_EXPONENT + EXPONENT_BIAS;
const EXPONENTS = 256;

/** All axes but the last. */
const leadingAxes = ({ rank }: Tensor): number[] => Array.from({ length: rank - 1 }, (_, axis) => axis);

export class Statistics {
  constructor(private readonly runtime: Runtime) {}

  /** The statistics of groups as one float32 vector; `unpackStatistics` reads it. */
  pack(groups: readonly StatisticsGroup[], level: StatisticsLevel): Tensor1D {
    const { tf } = this.runtime;
    return tf.tidy(() => {
      if (groups.length === 0) return tf.zeros([0]).as1D();
      if (level === 'full') return tf.concat(groups.flatMap((group) => this.#full(group))).as1D();
      const norms = this.norms(groups.map(({ gradients }) => gradients));
      return tf.stack([norms, this.#updateRatios(groups)], 1).as1D();
    });
  }

  /**
   * What `apply` adds to variables: their values after it minus those before. Holds a copy of the variables meanwhile, so
   * it is meant for steps that report statistics, not for all.
   */
  updatesOf(variables: readonly Variable[], apply: () => void): Tensor[] {
    const before = variables.map((variable) => variable.clone());
    apply();
    const changes = variables.map((variable, index) => variable.sub(before[index] ?? variable));
    this.runtime.tf.dispose(before);
    return changes;
  }

  /**
   * The norm of each list of tensors, [lists]: one L2Loss (Σx²/2) a tensor, which is the cheapest form TensorFlow has. XLA
   * adds all squares of a tensor one by one; summed by columns first it adds many at a time.
   */
  norms(lists: readonly (readonly Tensor[])[]): Tensor1D {
    const { runtime } = this;
    const { tf } = runtime;
    const type = [runtime.typeAttribute('T', 'float32')];
    const half = lists.map((tensors) => {
      const losses = tensors.map((tensor) =>
        runtime.isForXla && tensor.rank > 1
          ? tensor.square().sum(leadingAxes(tensor)).sum().mul(0.5)
          : runtime.run('L2Loss', type, [tensor]),
      );
      return losses.length === 0
        ? tf.scalar(0)
        : losses.length === 1
          ? (losses[0] ?? tf.scalar(0))
          : tf.addN(losses);
    });
    return tf.stack(half).mul(2).sqrt().as1D();
  }

  /** ‖updates‖ / ‖weights‖ of each group; NaN where it has no updates. */
  #updateRatios(groups: readonly StatisticsGroup[]): Tensor {
    const { tf } = this.runtime;
    const known = groups.map(({ updates, weights }) => updates !== undefined && weights !== undefined);
    if (!known.includes(true)) return tf.fill([groups.length], Number.NaN);
    const updates = this.norms(groups.map((group, i) => (known[i] ? (group.updates ?? []) : [])));
    const weights = this.norms(groups.map((group, i) => (known[i] ? (group.weights ?? []) : [])));
    return updates.div(weights); // 0 / 0 is NaN.
  }

  #full(group: StatisticsGroup): Tensor[] {
    const { tf } = this.runtime;
    const flat = group.gradients.map((gradient) => gradient.flatten());
    const x =
      flat.length === 0 ? tf.zeros([0]) : flat.length === 1 ? (flat[0] ?? tf.zeros([0])) : tf.concat(flat);
    const { finite, counts } = this.#count(x);
    const elements = finite.cast('int32').sum().cast('float32');
    const orElse = (value: Tensor): Tensor =>
      this.runtime.run('SelectV2', [this.runtime.typeAttribute('T', 'float32')], [finite, x, value]);
    const clean = orElse(tf.scalar(0));
    const mean = clean.sum().div(elements);
    // The mean in the place of what is not finite changes neither spread nor bounds.
    const even = orElse(mean);
    const [norm, spread] = this.norms([[clean], [even.sub(mean)]]).split(2);
    if (!norm || !spread) throw new Error('two norms are two');
    const fields = [
      norm,
      this.#updateRatios([group]),
      tf.scalar(x.size),
      mean,
      spread.div(elements.sqrt()),
      even.min(),
      even.max(),
    ];
    return [...fields.map((field) => field.reshape([1])), counts];
  }

  /** Which elements are finite, and how many are in each bin, zero, and not finite. All of it is exact: by the bits. */
  #count(x: Tensor): { finite: Tensor; counts: Tensor } {
    const { runtime } = this;
    const { tf } = runtime;
    const int32 = runtime.typeAttribute('T', 'int32');
    const int = (value: number): Tensor => tf.scalar(value, 'int32');
    const types = [runtime.typeAttribute('T', 'float32'), runtime.typeAttribute('type', 'int32')];
    const bits = runtime.run('Bitcast', types, [x]);
    const magnitude = runtime.run('BitwiseAnd', [int32], [bits, int(MAGNITUDE_BITS)]);
    const exponent = runtime.run('RightShift', [int32], [magnitude, int(FRACTION_BITS)]);
    const finite = tf.less(exponent, int(NOT_FINITE));
    const unweighted = tf.tensor1d([], 'int32');
    const byExponent = runtime.run('Bincount', [int32], [exponent, int(EXPONENTS), unweighted]);
    const zeros = tf.equal(magnitude, int(0)).cast('int32').sum();
    const sumOf = (from: number, to: number): Tensor => byExponent.slice([from], [to - from]).sum();
    const [first, end] = [FIRST_EXPONENT, FIRST_EXPONENT + BINS - 2];
    const counts = tf.concat([
      sumOf(0, first).sub(zeros).reshape([1]), // Zeros have the exponent of the smallest numbers.
      byExponent.slice([first], [end - first]),
      tf.stack([sumOf(end, NOT_FINITE), zeros, sumOf(NOT_FINITE, EXPONENTS)]),
    ]);
    return { finite, counts: counts.cast('float32') };
  }
}
