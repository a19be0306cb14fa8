// A batch as metrics look at it: outputs and targets in the forms that they need, each made once.

import { EngineError, type Engine, type Tensor, type Tensor1D } from '@gradstream/engine';
import type { LossFunction } from '../losses/index.js';
import { isFromLogits } from '../losses/logits.js';
import type { Form, Values } from '../losses/loss.js';
import type { OutputBatch } from '../losses/outputs.js';
import type { Weights } from '../losses/reduction.js';
import { axisLast, classIndexes, leading } from '../losses/shapes.js';
import { targetKind, type TargetKind } from '../losses/targets.js';

/** A kind of target that says which classes a sample is of. */
export type ClassKind = Exclude<TargetKind, 'values'>;

/** The dimension of classes of a loss, for outputs whose metrics are about classes; −1 when it has none. */
export function classAxis({ settings }: LossFunction): number {
  const kind = targetKind(settings.name);
  const isOverClasses = kind === 'oneHot' || kind === 'classIndex';
  return isOverClasses && 'axis' in settings && typeof settings.axis === 'number' ? settings.axis : -1;
}

export class BatchView {
  readonly #made = new Map<string, Tensor>();
  /** What the loss takes, [batch, …positions, units]. */
  readonly raw: Tensor;
  readonly target: Tensor;
  /** Weights and masks; positions whose class the loss ignores are masked. */
  readonly weights: Weights;

  constructor(
    readonly gs: Engine,
    readonly loss: LossFunction,
    batch: OutputBatch,
  ) {
    const axis = classAxis(loss);
    const output = batch.output.rank === 1 ? batch.output.expandDims<Tensor>(1) : batch.output;
    this.raw = axisLast(output, axis);
    const hasClasses = batch.target.rank === output.rank && targetKind(loss.settings.name) === 'oneHot';
    const target = hasClasses ? axisLast(batch.target, axis) : batch.target;
    const { settings } = loss;
    const ignored = 'ignoreClass' in settings ? settings.ignoreClass : null;
    if (ignored === null) {
      this.target = target;
      this.weights = batch;
      return;
    }
    const indexes = classIndexes(target, this.raw);
    const valid = indexes.notEqual(gs.tf.scalar(ignored, 'int32'));
    // A label that is no class must not reach ops that count by class.
    this.target = indexes.mul(valid.cast('int32'));
    const mask = batch.mask ? leading('masks', batch.mask, valid).cast('float32').mul(valid) : valid;
    this.weights = { ...batch, mask };
  }

  /** Classes, or units. */
  get units(): number {
    return this.raw.shape.at(-1) ?? 1;
  }

  /** Samples times positions. */
  get rows(): number {
    return this.raw.size / this.units;
  }

  /** Makes a tensor at its first use. */
  once<T extends Tensor>(key: string, make: () => T): T {
    const known = this.#made.get(key);
    if (known) return known as T;
    const made = make();
    this.#made.set(key, made);
    return made;
  }

  /** What the model puts out. */
  get prediction(): Tensor {
    return isFromLogits(this.loss.settings) ? this.raw : this.probabilities;
  }

  /** What the model puts out, after the activation that the loss takes logits of. */
  get probabilities(): Tensor {
    const { takesLogitsOf } = this.loss;
    if (takesLogitsOf === null) return this.raw;
    return this.once('probabilities', () =>
      takesLogitsOf === 'softmax' ? this.raw.softmax() : this.raw.sigmoid(),
    );
  }

  /** What the targets are: by the loss, or for losses of numbers by the shapes, as Keras has it for `accuracy`. */
  get kind(): ClassKind {
    const kind = targetKind(this.loss.settings.name);
    if (kind !== 'values') return kind;
    if (this.units === 1) return 'binary';
    const isIndex = this.target.rank < this.raw.rank || this.target.shape.at(-1) === 1;
    return isIndex ? 'classIndex' : 'oneHot';
  }

  /** Weight of each row, float32 [rows]; null when all are 1. */
  get rowWeights(): Tensor1D | null {
    const { sampleWeights = null, mask = null } = this.weights;
    if (!sampleWeights && !mask) return null;
    const shape = this.raw.shape.slice(0, -1);
    return this.once('rowWeights', () => {
      const values = { shape, rank: shape.length };
      const parts = [
        sampleWeights && leading('sample weights', sampleWeights, values),
        mask && leading('masks', mask, values).cast('float32'),
      ];
      const [first, second] = parts.filter((part) => part !== null);
      const product = first && second ? first.mul(second) : (first ?? second);
      if (!product) throw new EngineError('INVALID_ARGUMENT', 'there are no weights');
      return product.broadcastTo(shape).reshape<Tensor1D>([-1]);
    });
  }

  /** The class that is predicted in each row, int32 [rows]. */
  get predictedClass(): Tensor1D {
    return this.once('predictedClass', () => this.raw.argMax(-1).reshape<Tensor1D>([-1]));
  }

  /** The class of each row, int32 [rows]. */
  actualClass(kind: 'classIndex' | 'oneHot'): Tensor1D {
    return this.once(`actualClass ${kind}`, () => {
      const classes = kind === 'oneHot' ? this.target.argMax(-1) : classIndexes(this.target, this.raw);
      return classes.reshape<Tensor1D>([-1]);
    });
  }

  /** Values of a loss, given what it takes; the loss that is trained on may take logits. */
  lossValues(perSample: Form, takesRaw: boolean): Values {
    return perSample(this.target, takesRaw ? this.raw : this.prediction);
  }
}
