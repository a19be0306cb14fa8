// Statistics of gradients, computed where the gradients are and packed into one tensor, so that a step that reports them
// has one output more.

import type { Tensor, Tensor1D, Variable } from '@tensorflow/tfjs';
import type { Runtime } from '../backend/runtime.js';
import { condition } from '../capture/condition.js';
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
const INFINITY_BITS = 0x7f800000;
const FRACTION_BITS = 23;
const EXPONENT_BIAS = 127;
const NOT_FINITE = 255;

/** Biased exponent of bin 1. */
const FIRST_EXPONENT = LOWEST_EXPONENT + EXPONENT_BIAS;
const EXPONENTS = 256;

/** Columns by which XLA sums; narrower ones gain nothing. */
const VECTOR_WIDTHS = [128, 64, 32];

const hasUpdates = ({ updates, weights }: StatisticsGroup): boolean =>
  updates !== undefined && weights !== undefined;

export class Statistics {
  constructor(private readonly runtime: Runtime) {}

  /** The statistics of groups as one float32 vector; `unpackStatistics` reads it. */
  pack(groups: readonly StatisticsGroup[], level: StatisticsLevel): Tensor1D {
    const { tf } = this.runtime;
    return tf.tidy(() => {
      if (groups.length === 0) return tf.zeros([0]).as1D();
      if (level === 'full') return tf.concat(groups.flatMap((group) => this.#full(group))).as1D();
      const gradients = groups.map((group) => group.gradients);
      if (groups.every((group) => !hasUpdates(group))) {
        const none = tf.scalar(Number.NaN); // Its square root is the same: one op packs all.
        return tf
          .stack(gradients.flatMap((list) => [this.#squares(list), none]))
          .sqrt()
          .as1D();
      }
      return tf.stack([this.norms(gradients), this.#updateRatios(groups)], 1).as1D();
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

  /** The norm of each list of tensors, [lists]. */
  norms(lists: readonly (readonly Tensor[])[]): Tensor1D {
    return this.runtime.tf
      .stack(lists.map((tensors) => this.#squares(tensors)))
      .sqrt()
      .as1D();
  }

  /** The sum of the squares of all elements of some tensors. In a short step each op counts: the halves are added twice. */
  #squares(tensors: readonly Tensor[]): Tensor {
    const { tf } = this.runtime;
    const halves = tensors.map((tensor) => this.#halfSquares(tensor));
    return halves.length === 0 ? tf.scalar(0) : tf.addN([...halves, ...halves]);
  }

  /** Σx²/2: L2Loss is the cheapest form TensorFlow has, but XLA adds the squares of a tensor one behind the other. */
  #halfSquares(x: Tensor): Tensor {
    const { runtime } = this;
    const width = runtime.isForXla ? VECTOR_WIDTHS.find((w) => x.size > w && x.size % w === 0) : undefined;
    if (width === undefined) return runtime.run('L2Loss', [runtime.typeAttribute('T', 'float32')], [x]);
    // Sums by columns are vectors. Without an op between them XLA would make one sum of the two.
    return x
      .reshape([x.size / width, width])
      .square()
      .sum(0)
      .abs()
      .sum()
      .mul(0.5);
  }

  /** ‖updates‖ / ‖weights‖ of each group; NaN where it has no updates. */
  #updateRatios(groups: readonly StatisticsGroup[]): Tensor {
    const { tf } = this.runtime;
    const known = groups.map(hasUpdates);
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
    const { magnitude, counts, nonFinite } = this.#count(x);
    const elements = tf.sub(x.size, nonFinite);
    const float = this.runtime.typeAttribute('T', 'float32');
    const masked = (): Tensor[] => {
      const finite = tf.less(magnitude, tf.scalar(INFINITY_BITS, 'int32'));
      return this.#moments(elements, (other) => this.runtime.run('SelectV2', [float], [finite, x, other]));
    };
    // Selecting costs as much as all else, and XLA alone gets it for nothing.
    const moments = this.runtime.isForXla
      ? masked()
      : condition(this.runtime, nonFinite.equal(0), [() => this.#moments(elements, () => x), masked]);
    const [norm = x, ...rest] = moments;
    return [tf.stack([norm, this.#updateRatios([group]).asScalar(), tf.scalar(x.size), ...rest]), counts];
  }

  /** Norm, mean, spread, smallest and largest of the finite elements; `orElse` puts a scalar in the place of others. */
  #moments(elements: Tensor, orElse: (scalar: Tensor) => Tensor): Tensor[] {
    const { runtime } = this;
    const float = [runtime.typeAttribute('T', 'float32')];
    const norm = (x: Tensor): Tensor => runtime.run('L2Loss', float, [x]).mul(2).sqrt();
    const clean = orElse(runtime.tf.scalar(0));
    const mean = clean.sum().div(elements);
    // The mean in the place of what is not finite changes neither spread nor bounds.
    const even = orElse(mean);
    return [norm(clean), mean, norm(even.sub(mean)).div(elements.sqrt()), even.min(), even.max()];
  }

  /** How many elements are in each bin, zero, and not finite. All of it is exact: by the bits. */
  #count(x: Tensor): { magnitude: Tensor; counts: Tensor; nonFinite: Tensor } {
    const { runtime } = this;
    const { tf } = runtime;
    const int32 = runtime.typeAttribute('T', 'int32');
    const int = (value: number): Tensor => tf.scalar(value, 'int32');
    const types = [runtime.typeAttribute('T', 'float32'), runtime.typeAttribute('type', 'int32')];
    const magnitude = runtime.run('Bitcast', types, [x.abs()]);
    const exponent = runtime.run('RightShift', [int32], [magnitude, int(FRACTION_BITS)]);
    const unweighted = tf.tensor1d([], 'int32');
    const byExponent = runtime.run('Bincount', [int32], [exponent, int(EXPONENTS), unweighted]);
    const zeros = tf.sub(int(x.size), tf.minimum(magnitude, int(1)).sum());
    const sumOf = (from: number, to: number): Tensor => byExponent.slice([from], [to - from]).sum();
    const [first, end] = [FIRST_EXPONENT, FIRST_EXPONENT + BINS - 2];
    const nonFinite = sumOf(NOT_FINITE, EXPONENTS);
    const counts = tf.concat([
      sumOf(0, first).sub(zeros).reshape([1]), // Zeros have the exponent of the smallest numbers.
      byExponent.slice([first], [end - first]),
      tf.stack([sumOf(end, NOT_FINITE), zeros, nonFinite]),
    ]);
    return { magnitude, counts: counts.cast('float32'), nonFinite: nonFinite.cast('float32') };
  }
}
