// Which losses are computed from logits rather than from what softmax or sigmoid made of them.

import type { LossName, LossSettings } from '@gradstream/contracts';

/** An activation at a model's end that a loss can do without. */
export type FinalActivation = 'softmax' | 'sigmoid';

const ACTIVATIONS: Partial<Record<LossName, FinalActivation>> = {
  binaryCrossentropy: 'sigmoid',
  binaryFocalCrossentropy: 'sigmoid',
  categoricalCrossentropy: 'softmax',
  categoricalFocalCrossentropy: 'softmax',
  sparseCategoricalCrossentropy: 'softmax',
};

/** Whether the outputs of a model are logits already, by the loss's own setting. */
export const isFromLogits = (settings: LossSettings): boolean =>
  'fromLogits' in settings && settings.fromLogits;

/** The activation whose logits the loss takes when it is told that outputs are logits; null when there is none. */
export const logitsOf = ({ name }: LossSettings): FinalActivation | null => ACTIVATIONS[name] ?? null;

/**
 * The activation which may be left out at the model's end when the loss is made with `fused`: faster, and finite for
 * any logits. It has to go over the last dimension, and so does the loss then. Null when there is none.
 */
export function acceptsLogitsOf(settings: LossSettings): FinalActivation | null {
  const activation = logitsOf(settings);
  if (isFromLogits(settings)) return null;
  const overClasses = activation === 'softmax' && 'axis' in settings ? settings.axis : -1;
  return overClasses === -1 ? activation : null;
}
