// The closed registry of layers, by Keras class name.

import { nearest } from '../objects/nearest.js';
import { activationLayers } from './activation/index.js';
import { attentionLayers } from './attention/index.js';
import { isFunction } from './classes.js';
import { convolutionLayers } from './convolution/index.js';
import { coreLayers } from './core/index.js';
import { expressionLayers } from './expression/index.js';
import { maskingLayers } from './masking/index.js';
import { mergingLayers } from './merging/index.js';
import { normalizationLayers } from './normalization/index.js';
import { poolingLayers } from './pooling/index.js';
import { preprocessingLayers } from './preprocessing/index.js';
import { recurrentLayers } from './recurrent/index.js';
import type { RegisteredLayer } from './register.js';
import { regularizationLayers } from './regularization/index.js';
import { reshapingLayers } from './reshaping/index.js';
import { spatialLayers } from './spatial/index.js';
import { wrapperLayers } from './wrappers/index.js';

export const registry: ReadonlyMap<string, RegisteredLayer> = new Map(
  Object.entries({
    ...coreLayers,
    ...activationLayers,
    ...convolutionLayers,
    ...poolingLayers,
    ...reshapingLayers,
    ...spatialLayers,
    ...regularizationLayers,
    ...recurrentLayers,
    ...wrapperLayers,
    ...maskingLayers,
    ...preprocessingLayers,
    ...normalizationLayers,
    ...mergingLayers,
    ...attentionLayers,
    ...expressionLayers,
  }),
);

/** What is said of a class that is not in the registry. */
export function unknownLayer(type: string): { code: string; message: string; hint: string } {
  const near = nearest(type, registry.keys());
  const message = `there is no layer "${type.slice(0, 100)}"`;
  const hint = near === null ? `Known: ${[...registry.keys()].join(', ')}` : `Did you mean "${near}"?`;
  return { code: 'unknownLayer', message, hint };
}

/**
 * What is said of a class that is not the layer of that name: a function on tensors, or one that users have written. Null
 * for a layer of Keras's.
 */
export function otherClass(given: {
  readonly module?: string | null | undefined;
  readonly registered_name?: string | null | undefined;
  readonly class_name: string;
}): { code: string; message: string; hint: string } | null {
  const { module, registered_name: registered, class_name: type } = given;
  if (!isFunction(given) && !(registered ?? '').includes('>')) return null;
  const message = `"${(registered ?? type).slice(0, 100)}" of ${(module ?? '').slice(0, 100)} is no layer of Keras`;
  const near = nearest(type, registry.keys());
  const hint = near === null ? '' : `, such as "${near}"`;
  return { code: 'unknownLayer', message, hint: `Use layers of Keras only${hint}` };
}
