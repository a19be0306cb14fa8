// Gradient clipping, as settings name it.

import type { ClippingSettings } from '@gradstream/contracts';
import type { Engine, Scalar, Tensor } from '@gradstream/engine';
import type { TrainableWeight } from '../optimizers/weights.js';
import { clipAdaptively } from './adaptive.js';
import { clipByGlobalNorm, clipByNorm } from './norm.js';
import { clipByValue } from './value.js';

/**
 * Clips gradients, which are in the order of the weights, within a step. `globalNorm` is the L2 norm of all of them,
 * where the step has it already.
 */
export function clipGradients(
  engine: Engine,
  settings: ClippingSettings,
  weights: readonly TrainableWeight[],
  gradients: readonly Tensor[],
  globalNorm?: Scalar,
): Tensor[] {
  if ('globalNorm' in settings) return clipByGlobalNorm(engine, gradients, settings.globalNorm, globalNorm);
  if ('norm' in settings) return clipByNorm(engine, gradients, settings.norm);
  if ('value' in settings) return clipByValue(engine, gradients, settings.value);
  return clipAdaptively(engine, weights, gradients, settings.adaptive);
}
