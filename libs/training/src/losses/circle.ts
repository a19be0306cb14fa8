// Circle loss (Sun et al. 2020), of pairs of the batch: outputs are embeddings of length 1 [batch, size].

import type { LossSettings } from '@gradstream/contracts';
import { EngineError, type Tensor } from '@gradstream/engine';
import type { Family } from './loss.js';
import { classIndexes } from './shapes.js';

/** Stands for −∞ where arithmetic with infinities would give NaN. */
const NEVER = -1e30;

/** Cost: batch² pairs. Samples without a partner of their class, or without one of another class, do not count. */
export const circle: Family<Extract<LossSettings, { name: 'circle' }>> =
  ({ tf }, { gamma, margin, removeDiagonal }) =>
  (target, output) => {
    if (output.rank !== 2) {
      const message = `circle needs embeddings [batch, size], the output has the shape [${output.shape.join(', ')}]`;
      throw new EngineError('INVALID_ARGUMENT', message);
    }
    const labels = classIndexes(target, output);
    const distance = tf.matMul(output, output, false, true).neg().add(1).maximum(0);
    const same = labels.expandDims(1).equal(labels.expandDims(0));
    // A sample's distance to itself says nothing.
    const itself = tf.range(0, output.shape[0], 1, 'int32');
    const other = itself.expandDims(1).notEqual(itself.expandDims(0));
    const positive = removeDiagonal ? same.logicalAnd(other) : same;

    const total = (pairs: Tensor, slopes: Tensor): Tensor =>
      tf.where(pairs, slopes.mul(gamma), tf.fill(slopes.shape, NEVER)).logSumExp(1);
    const pull = total(positive, distance.add(margin).mul(distance.sub(margin)));
    const push = total(
      same.logicalNot(),
      distance
        .neg()
        .add(1 + margin)
        .maximum(0)
        .mul(distance.neg().add(1 - margin)),
    );
    const values = pull.add(push).softplus();
    // Keras leaves out what is 0. A comparison has no gradient in tfjs; this one has zeros.
    const positives = tf.customGrad((x) => ({
      value: (x as Tensor).greater(0).cast('float32'),
      gradFunc: (dy: Tensor) => tf.zerosLike(dy),
    }));
    return { values, valid: positives(values) };
  };
