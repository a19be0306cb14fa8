// The fans of kernels with several input or output axes, as Keras's EinsumDense tells them to its initializer.

import type { Initializer } from '../initializers/index.js';

const SCALED: ReadonlySet<string> = new Set([
  'varianceScaling',
  'glorotUniform',
  'glorotNormal',
  'heUniform',
  'heNormal',
  'lecunUniform',
  'lecunNormal',
]);

/** The initializer with axes of the kernel as its inputs and outputs, unless it has such already. */
export function withFans(
  initializer: Initializer,
  inputAxes: readonly number[],
  outputAxes: readonly number[],
): Initializer {
  if (!SCALED.has(initializer.name)) return initializer;
  const given = initializer as Extract<Initializer, { readonly name: 'varianceScaling' }>;
  if (given.inputAxes && given.outputAxes) return initializer;
  return { ...given, inputAxes: [...inputAxes], outputAxes: [...outputAxes] };
}
