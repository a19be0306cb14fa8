// The tensors and options of a call, by the parameters of Keras's `call`.

import { z } from 'zod';
import { ShapeError, showShape, type LayerInputs, type Shape } from '../layer.js';

const flag = z.boolean({ error: 'must be true or false' }).nullish();

/** What all attention layers take besides tensors. */
export const attentionOptions = z.strictObject({ use_causal_mask: flag, return_attention_scores: flag });

/** Which options of a call are set. */
export const optionsOf = ({ options }: LayerInputs) => ({
  causal: options['use_causal_mask'] === true,
  withScores: options['return_attention_scores'] === true,
});

const POSITIONAL = ['query', 'value', 'key'] as const;
const PARAMETERS = [...POSITIONAL, 'attention_mask'] as const;
type Parameter = (typeof PARAMETERS)[number];

/** Which input each argument is: by name, or else in the order query, value, key. Throws ShapeError. */
export function bindArguments({ names }: LayerInputs): ReadonlyMap<Parameter, number> {
  const bound = new Map<Parameter, number>();
  names.forEach((name, index) => {
    const parameter = name === null ? POSITIONAL[index] : PARAMETERS.find((known) => known === name);
    if (parameter === undefined || bound.has(parameter)) {
      const message = `takes no input "${name ?? String(index)}" ${parameter === undefined ? 'of that name' : 'twice'}`;
      throw new ShapeError(message, `Pass ${PARAMETERS.join(', ')}; masks of padding come with the inputs`);
    }
    bound.set(parameter, index);
  });
  for (const needed of ['query', 'value'] as const)
    if (!bound.has(needed))
      throw new ShapeError(`is called without its ${needed}`, 'Pass a query and a value');
  return bound;
}

/** Steps and features of an input. Throws ShapeError for another rank. */
export function sequence(shape: Shape, what: string): { readonly steps: number; readonly features: number } {
  const [steps, features, ...rest] = shape;
  if (steps !== undefined && features !== undefined && rest.length === 0) return { steps, features };
  const message = `takes a ${what} of [steps, features] a sample, it is given the shape ${showShape(shape)}`;
  throw new ShapeError(message, 'Bring the axes that it attends over into one, with a Reshape layer');
}

/** Throws ShapeError unless keys and values are of the same steps. */
export function checkSteps(value: number, key: number): void {
  if (value === key) return;
  throw new ShapeError(`is given ${value} values and ${key} keys`, 'Give as many keys as values');
}
