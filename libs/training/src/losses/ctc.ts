// Connectionist temporal classification (Graves et al. 2006): sequences of labels without an alignment.

import type { Engine, Tensor } from '@gradstream/engine';
import type { Form } from './loss.js';
import { shapeMismatch } from './shapes.js';

/** Stands for log 0 where arithmetic with infinities would give NaN. */
const NEVER = -1e30;
/** The loss of labels that do not fit into the time steps: −log of the smallest float64, about what TensorFlow says. */
const IMPOSSIBLE = 708;

/**
 * log of the probability of all ways that end in each state at each time, [time, rows, states]; the probability of the
 * state at that time included. From a state the next one is the same, the next, or the next but one where `skip` is 0.
 */
function forward({ tf }: Engine, states: readonly Tensor[], first: Tensor, skip: Tensor): Tensor {
  const [rows = 0, count = 0] = first.shape;
  const before = tf.fill([rows, 2], NEVER);
  let at = first;
  const all = states.map((state, time) => {
    if (time > 0) {
      const padded = before.concat(at, 1);
      const byOne = padded.slice([0, 1], [rows, count]);
      const byTwo = padded.slice([0, 0], [rows, count]).add(skip);
      at = tf.stack([at, byOne, byTwo]).logSumExp(0);
    }
    at = at.add(state);
    return at;
  });
  return tf.stack(all);
}

/** Which states there are, and where ways begin and end. */
function statesOf({ tf }: Engine, labels: Tensor) {
  const [batch = 0, length = 0] = labels.shape;
  const blank = tf.zeros([batch, 1], 'int32');
  // A blank before, between and after the labels.
  const classes = tf
    .stack([tf.zerosLike(labels), labels], 2)
    .reshape([batch, 2 * length])
    .concat(blank, 1);
  const used = labels.notEqual(tf.scalar(0, 'int32')).cast('int32').sum(1, true);
  const position = tf.range(0, 2 * length + 1, 1, 'int32').expandDims(0);
  const twoBefore = tf.zeros([batch, 2], 'int32').concat(classes.slice([0, 0], [batch, 2 * length - 1]), 1);
  const maySkip = classes.notEqual(twoBefore).logicalAnd(classes.notEqual(blank));
  const last = used.mul(tf.scalar(2, 'int32'));
  const isLast = position.lessEqual(last).logicalAnd(position.greaterEqual(last.sub(tf.scalar(1, 'int32'))));
  const allowed = (where: Tensor): Tensor => tf.scalar(1).sub(where.cast('float32')).mul(NEVER);
  return {
    classes,
    skip: allowed(maySkip),
    first: allowed(position.less(tf.scalar(2, 'int32')).logicalAnd(position.lessEqual(last))),
    last: allowed(isLast),
  };
}

/** The loss [batch] and its gradient by the logits [batch, time, classes]. */
function lossAndSlope(gs: Engine, labels: Tensor, logits: Tensor): [Tensor, Tensor] {
  const { tf } = gs;
  const [batch = 0, time = 0, classCount = 0] = logits.shape;
  const { classes, skip, first, last } = statesOf(gs, labels);
  const logP = logits.logSoftmax();
  const stateP = tf.gather(logP, classes, 2, 1);
  // Backward is forward with time and states reversed; both at once, as rows of one batch.
  const bothWays = stateP.concat(stateP.reverse([1, 2])).unstack(1);
  const skipBack = skip.reverse(1);
  const [, count = 0] = skip.shape;
  // From the state at s one skips to s + 2 where that one says so.
  const shifted = tf.fill([batch, 2], NEVER).concat(skipBack.slice([0, 0], [batch, count - 2]), 1);
  const ways = forward(gs, bothWays, first.concat(last.reverse(1)), skip.concat(shifted));
  const ahead = ways.slice([0, 0, 0], [time, batch, count]).transpose([1, 0, 2]);
  const back = ways.slice([0, batch, 0], [time, batch, count]).transpose([1, 0, 2]).reverse([1, 2]);

  const total = ahead
    .slice([0, time - 1, 0], [batch, 1, count])
    .squeeze<Tensor>([1])
    .add(last)
    .logSumExp(1);
  const possible = total.greater(NEVER / 2);
  const posterior = ahead
    .add(back)
    .sub(stateP)
    .sub(total.reshape([batch, 1, 1]))
    .exp();
  const byClass = tf.matMul(posterior, tf.oneHot(classes, classCount, 1, 0, 'float32'));
  const slope = tf.where(possible.reshape([batch, 1, 1]), logP.exp().sub(byClass), tf.zerosLike(logits));
  return [tf.where(possible, total.neg(), tf.fill([batch], IMPOSSIBLE)), slope];
}

/**
 * Logits [batch, time, classes], class 0 being the blank; class indexes [batch, length], padded by 0 at the end.
 * About 10 ops a time step in a captured step, the gradient included.
 */
export const ctc =
  (gs: Engine): Form =>
  (target, output) => {
    if (output.rank !== 3 || target.rank !== 2 || target.shape[0] !== output.shape[0])
      throw shapeMismatch(
        'the target',
        target,
        output,
        'give labels [batch, length] and logits [batch, time, classes]',
      );
    const labels = target.dtype === 'int32' ? target : target.cast('int32');
    const loss = gs.tf.customGrad((logits, save) => {
      const [value, slope] = lossAndSlope(gs, labels, logits as Tensor);
      (save as (kept: Tensor[]) => void)([slope]);
      return {
        value,
        gradFunc: (dy: Tensor, [kept = slope]: Tensor[]) => kept.mul(dy.reshape([-1, 1, 1])),
      };
    });
    return { values: loss(output) };
  };
