// Operations on tensors that may be part of a mask, as Keras 3 writes them among the layers of a Functional model.

import { z } from 'zod';
import type { TensorReference } from '../definition/definition.js';
import { isRecord } from '../objects/forms.js';
import { asTensor } from './kerasCalls.js';
import type { Path, Reader } from './reader.js';

/** Keras's classes of operations that `compute_mask` of its layers makes. */
const CLASSES = new Set([
  'Any',
  'Concatenate',
  'ConvertToTensor',
  'ExpandDims',
  'LogicalOr',
  'NotEqual',
  'OnesLike',
  'ZerosLike',
]);

/** Whether an operation of this class may be part of a mask. */
export const mayMask = (type: string): boolean => CLASSES.has(type);

const nodeSchema = z.object({ args: z.array(z.unknown()).default([]) });

/** One call of an operation: the tensors and numbers among its arguments, in order. */
interface OperationCall {
  readonly tensors: readonly TensorReference[];
  readonly numbers: readonly number[];
}

export interface Operation {
  readonly name: string;
  readonly type: string;
  readonly path: Path;
  readonly calls: readonly OperationCall[];
}

/** All leaves of nested lists and objects that are tensors or numbers. */
function leavesOf(value: unknown): (TensorReference | number)[] {
  if (typeof value === 'number') return [value];
  const tensor = asTensor(value);
  if (tensor) return [tensor];
  if (Array.isArray(value)) return value.flatMap(leavesOf);
  return isRecord(value) ? Object.values(value).flatMap(leavesOf) : [];
}

/** An operation of a Functional model, from its nodes. */
export function readOperation(
  reader: Reader,
  { name, type, nodes, path }: Omit<Operation, 'calls'> & { readonly nodes: readonly unknown[] },
): Operation {
  const below = [...path, 'inbound_nodes'];
  const calls = nodes.flatMap((node, index): OperationCall[] => {
    const data = reader.parse(nodeSchema, node, [...below, index]);
    const leaves = leavesOf(data?.args);
    if (!reader.mayTake(leaves.length, below)) return [];
    const tensors = leaves.filter((leaf) => typeof leaf !== 'number');
    return [{ tensors, numbers: leaves.filter((leaf) => typeof leaf === 'number') }];
  });
  return { name, type, path, calls };
}

/** Lists an operation that is no layer. */
export function refuseOperation(reader: Reader, { type, path }: Pick<Operation, 'type' | 'path'>): null {
  const message = `"${type.slice(0, 100)}" is an operation on tensors, no layer of Keras`;
  return reader.refuse(path, 'unknownLayer', message, 'Use layers of Keras only');
}
