// What TensorFlow holds: tensors, and resource variables, which are state that it updates in place.

import { EngineError } from '../errors.js';
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
  /** Calls in flight that only read it. */
  readers = 0;
  /** Whether a call in flight writes it. */
  hasWriter = false;

  constructor(
    readonly resource: EagerTensor,
    readonly shape: readonly number[],
    readonly dtype: number,
    /** Of the tfjs variable, for messages. */
    readonly name: string,
  ) {}

  /** Refuses what would meet a step in flight: reading beside one that writes, writing beside any. Throws VARIABLE_IN_USE. */
  refuseConflict(access: 'read' | 'write'): void {
    if (!this.hasWriter && (access === 'read' || this.readers === 0)) return;
    const use = this.hasWriter ? 'written' : 'read';
    const wish = access === 'read' ? 'read' : 'changed';
    const message = `variable ${this.name} [${this.shape.join(', ')}] is being ${use} by a step that has not ended, so it cannot be ${wish} now: wait for the promise of that step's runAsync first`;
    throw new EngineError('VARIABLE_IN_USE', message);
  }
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
