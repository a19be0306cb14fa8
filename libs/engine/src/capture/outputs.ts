// What a body of tfjs code returned, checked: plain scripts have no types.

import type { Tensor } from '@tensorflow/tfjs';
import type { Runtime } from '../backend/runtime.js';
import { EngineError } from '../errors.js';

/** The tensors that a body returned. Throws INVALID_ARGUMENT for anything but a list of tensors; `what` names the body. */
export function outputsOf({ tf, binding }: Runtime, what: string, returned: unknown): Tensor[] {
  const refuse = (found: string): EngineError =>
    new EngineError('INVALID_ARGUMENT', `${what} ${found}: return a list of tensors, [] for none`, {
      layer: binding.scope,
    });
  if (returned instanceof Promise) {
    returned.catch(() => undefined); // What it goes on to do fails as well, and this error says why.
    throw refuse('is an async function, whose work after `await` cannot be part of it');
  }
  if (!Array.isArray(returned)) throw refuse(`returned ${named(returned)}`);
  const other = returned.findIndex((item) => !(item instanceof tf.Tensor));
  if (other >= 0) throw refuse(`returned a list whose item ${other} is ${named(returned[other])}`);
  return returned as Tensor[];
}

function named(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  return 'dataId' in value ? 'a single tensor' : `an object (${value.constructor.name})`;
}
