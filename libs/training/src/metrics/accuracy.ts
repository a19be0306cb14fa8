// Which predictions are right: 1 or 0 of each sample or position.

import { EngineError, type Tensor } from '@gradstream/engine';
import type { Values } from '../losses/loss.js';
import { aligned } from '../losses/shapes.js';
import type { BatchView } from './view.js';

/** The logit of a probability. */
const logit = (probability: number): number => Math.log(probability / (1 - probability));

/** Which units say yes, bool [batch, …positions, units], by a threshold of probability. */
export function isAbove(view: BatchView, threshold: number): Tensor {
  if (view.kind === 'sign') return view.raw.greater(0);
  // Logits are compared as they are.
  if (view.loss.takesLogitsOf === 'sigmoid') return view.raw.greater(logit(threshold));
  return view.probabilities.greater(threshold);
}

/** Which units are to say yes, bool, in the shape of the output. */
export const isTrue = (view: BatchView): Tensor => aligned(view.target, view.raw)[0].greater(0.5);

/** Mean over the units of whether the answer is right. */
export const binaryCorrect = (view: BatchView, threshold: number): Values => ({
  values: isAbove(view, threshold).equal(isTrue(view)).cast('float32').mean(-1),
});

/** In the shape of the output without its classes. */
const byRow = (view: BatchView, rows: Tensor): Values => ({
  values: rows.reshape(view.raw.shape.slice(0, -1)),
});

/** Whether the likeliest class is the right one. */
export const classCorrect = (view: BatchView, kind: 'classIndex' | 'oneHot'): Values =>
  byRow(view, view.predictedClass.equal(view.actualClass(kind)).cast('float32'));

/** Whether fewer than k classes are likelier than the right one, as TensorFlow's in_top_k has it. */
export function topCorrect(view: BatchView, kind: 'classIndex' | 'oneHot', k: number): Values {
  const { tf } = view.gs;
  const rows = view.raw.reshape([-1, view.units]);
  const oneHot = tf.oneHot(view.actualClass(kind), view.units, 1, 0, 'float32');
  const ofActual = rows.mul(oneHot).sum(-1, true);
  return byRow(view, rows.greater(ofActual).cast('float32').sum(-1).less(k).cast('float32'));
}

/** What `accuracy` means for the loss and the shapes. */
export function correct(view: BatchView): Values {
  const { kind } = view;
  return kind === 'binary' || kind === 'sign' ? binaryCorrect(view, 0.5) : classCorrect(view, kind);
}

/** For metrics of one class a sample; units that say yes or no for themselves have none. */
export function singleClassKind(view: BatchView, metric: string): 'classIndex' | 'oneHot' {
  const { kind } = view;
  if (kind === 'classIndex' || kind === 'oneHot') return kind;
  const message = `${metric} needs one class for each sample, and ${view.units} units are yes or no each by the loss ${view.loss.settings.name}: use metrics of single units, such as precision with average none`;
  throw new EngineError('INVALID_ARGUMENT', message);
}
