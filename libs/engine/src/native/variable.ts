// What TensorFlow holds: tensors, and resource variables, which are state that it updates in place.

import type { Pointer } from './capi.js';

/** A tensor that TensorFlow holds. */
export interface EagerTensor {
  readonly handle: Pointer;
  readonly shape: readonly number[];
  readonly dtype: number;
}

/** A variable of TensorFlow's resource manager. Eager ops and captured steps reach it by its handle. */
export class ResourceVariable {
  /** How many tensor ids stand for it; the resource is destroyed with the last. */
  users = 1;

  constructor(
    readonly resource: EagerTensor,
    readonly shape: readonly number[],
    readonly dtype: number,
  ) {}
}

/** Ops that only read the resource they are given; every other op on a resource counts as a write. */
const RESOURCE_READS: ReadonlySet<string> = new Set([
  'ReadVariableOp',
  'ResourceGather',
  'ResourceGatherNd',
  'VariableShape',
]);

/** Whether an op leaves the variables that it is given as they are. */
export const onlyReads = (op: string): boolean => RESOURCE_READS.has(op);
