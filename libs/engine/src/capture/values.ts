// What an id of the binding may stand for.

import type { GraphOutput } from '../native/capi.js';
import { ResourceVariable, type EagerTensor } from '../native/variable.js';

/** A value of a graph under construction. Its shape is always known. */
export interface GraphValue {
  /** The graph that it belongs to. */
  readonly graph: object;
  readonly output: GraphOutput;
  readonly shape: readonly number[];
  readonly dtype: number;
}

export type Value = EagerTensor | GraphValue | ResourceVariable;

export const isEager = (value: Value): value is EagerTensor => 'handle' in value;
export const isVariable = (value: Value): value is ResourceVariable => value instanceof ResourceVariable;
