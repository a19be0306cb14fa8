// All losses of Keras 3, by their settings.

import type { LossSettings } from '@gradstream/contracts';
import type { Engine, Scalar, Tensor, Tensor1D } from '@gradstream/engine';
import { circle } from './circle.js';
import {
  binaryCrossentropy,
  categoricalCrossentropy,
  sparseCategoricalCrossentropy,
} from './crossentropy.js';
import { ctc } from './ctc.js';
import {
  binaryFocalCrossentropy,
  categoricalFocalCrossentropy,
  categoricalGeneralizedCrossEntropy,
} from './focal.js';
import { categoricalHinge, hinge, squaredHinge } from './hinge.js';
import { acceptsLogitsOf, isFromLogits, logitsOf, type FinalActivation } from './logits.js';
import type { Form } from './loss.js';
import { dice, tversky } from './overlap.js';
import { reduce, type Reduced, type Weights } from './reduction.js';
import * as regression from './regression.js';
import { leading } from './shapes.js';
import { classesOf } from './targets.js';

/** What weighs a loss: of samples, positions and classes. */
export interface LossWeights extends Weights {
  /** Factor by class index [classes]: a variable or an input of the step, for it may be large. */
  readonly classWeights?: Tensor1D | null;
}

/** A loss of one output. Its functions run inside a step as well as eagerly; all throw INVALID_ARGUMENT for shapes. */
export interface LossFunction {
  readonly settings: LossSettings;
  /** The activation that may stand between what the functions take and the model's output; null when they take the output. */
  readonly takesLogitsOf: FinalActivation | null;
  /** The loss of each sample [batch] or position [batch, …positions], without weights. */
  readonly perSample: Form;
  /** The weighted values, their sum and what a mean divides it by: for accumulation over several batches. */
  readonly reduced: (target: Tensor, output: Tensor, weights?: LossWeights) => Reduced;
  /** The loss of a batch, reduced as the settings say; the sum where they say `none`. */
  readonly value: (target: Tensor, output: Tensor, weights?: LossWeights) => Scalar;
}

/** The loss that a reduction says. */
export const meanOf = ({ sum, divisor }: Reduced): Scalar => (divisor === 1 ? sum : sum.div<Scalar>(divisor));

function formOf(gs: Engine, settings: LossSettings): Form {
  switch (settings.name) {
    case 'binaryCrossentropy':
      return binaryCrossentropy(gs, settings);
    case 'categoricalCrossentropy':
      return categoricalCrossentropy(gs, settings);
    case 'sparseCategoricalCrossentropy':
      return sparseCategoricalCrossentropy(gs, settings);
    case 'binaryFocalCrossentropy':
      return binaryFocalCrossentropy(gs, settings);
    case 'categoricalFocalCrossentropy':
      return categoricalFocalCrossentropy(gs, settings);
    case 'categoricalGeneralizedCrossEntropy':
      return categoricalGeneralizedCrossEntropy(gs, settings);
    case 'categoricalHinge':
      return categoricalHinge(gs);
    case 'hinge':
      return hinge();
    case 'squaredHinge':
      return squaredHinge();
    case 'circle':
      return circle(gs, settings);
    case 'cosineSimilarity':
      return regression.cosineSimilarity(gs, settings);
    case 'ctc':
      return ctc(gs);
    case 'dice':
      return dice(gs, settings);
    case 'tversky':
      return tversky(gs, settings);
    case 'huber':
      return regression.huber(gs, settings);
    case 'klDivergence':
      return regression.klDivergence();
    case 'logCosh':
      return regression.logCosh();
    case 'meanAbsoluteError':
      return regression.meanAbsoluteError();
    case 'meanAbsolutePercentageError':
      return regression.meanAbsolutePercentageError();
    case 'meanSquaredError':
      return regression.meanSquaredError(gs);
    case 'meanSquaredLogarithmicError':
      return regression.meanSquaredLogarithmicError(gs);
    case 'poisson':
      return regression.poisson();
  }
}

/**
 * A loss by its settings. With `fused` its functions take what stands before the activation that `acceptsLogitsOf`
 * names, in place of the model's output.
 */
export function createLossFunction(gs: Engine, settings: LossSettings, { fused = false } = {}): LossFunction {
  const isFused = fused && acceptsLogitsOf(settings) !== null;
  const effective = isFused ? { ...settings, fromLogits: true } : settings;
  const perSample = formOf(gs, effective);
  const reduced: LossFunction['reduced'] = (target, output, { classWeights = null, ...weights } = {}) => {
    const values = perSample(target, output);
    if (!classWeights) return reduce(values, weights, settings.reduction);
    const byClass = gs.tf.gather(classWeights, classesOf(settings, target, output));
    const { sampleWeights = null } = weights;
    const product = sampleWeights ? leading('sample weights', sampleWeights, byClass).mul(byClass) : byClass;
    return reduce(values, { ...weights, sampleWeights: product }, settings.reduction);
  };
  return {
    settings,
    takesLogitsOf: isFused || isFromLogits(settings) ? logitsOf(settings) : null,
    perSample,
    reduced,
    value: (...args) => meanOf(reduced(...args)),
  };
}
