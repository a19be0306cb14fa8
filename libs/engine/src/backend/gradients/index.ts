// Gradients of tfjs that are slow in its own form, replaced for all code that uses tfjs, such as tf.layers.

import type { GradConfig } from '@tensorflow/tfjs';
import type { Runtime } from '../runtime.js';
import { elementwiseGradients } from './elementwise.js';
import { gatherGradients } from './gather.js';
import { normalizationGradients } from './normalization.js';
import { reductionGradients } from './reductions.js';
import { replaceGradient } from './replace.js';

/** Replaces them; returns tfjs's own, so that they can be compared. */
export const replaceGradients = (runtime: Runtime): readonly GradConfig[] =>
  [
    ...elementwiseGradients(runtime),
    ...gatherGradients(runtime),
    ...normalizationGradients(runtime),
    ...reductionGradients(runtime),
  ].map((replacement) => replaceGradient(runtime, replacement));
