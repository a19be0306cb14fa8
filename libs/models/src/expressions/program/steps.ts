// A definition as a list of steps, each of which takes the results of earlier ones. Equal steps are one step, so what a
// backward formula repeats of the forward one is computed once.

import type { Node } from '../language/ast.js';
import type { ElementwiseOp } from './elementwise.js';

/** A number, or the length of the first input's last axis. */
export type ReshapeLength = number | 'features';
export type ReductionOp = 'sum' | 'mean' | 'max' | 'min' | 'variance';
export type NormalizationOp = 'softmax' | 'logSoftmax' | 'l2Normalize';

/** What a step computes; `inputs` are indexes of earlier steps. */
export type Operation =
  | { readonly kind: 'constant'; readonly value: number; readonly inputs: readonly [] }
  | {
      readonly kind: 'leaf';
      readonly role: 'input' | 'parameter' | 'gradient' | 'features';
      readonly name: string;
      readonly inputs: readonly [];
    }
  | { readonly kind: 'elementwise'; readonly op: ElementwiseOp; readonly inputs: readonly number[] }
  | {
      readonly kind: 'reduction';
      readonly op: ReductionOp;
      /** Null: all but the batch. */
      readonly axes: readonly number[] | null;
      readonly keepdims: boolean;
      readonly inputs: readonly [number];
    }
  | {
      readonly kind: 'normalization';
      readonly op: NormalizationOp;
      readonly axis: number;
      readonly inputs: readonly [number];
    }
  | { readonly kind: 'matmul'; readonly inputs: readonly [number, number] }
  | {
      readonly kind: 'transpose';
      /** Null: the last two change places. */
      readonly axes: readonly number[] | null;
      readonly inputs: readonly [number];
    }
  | {
      readonly kind: 'reshape';
      readonly shape: readonly ReshapeLength[];
      readonly inputs: readonly [number];
    }
  | { readonly kind: 'concat'; readonly axis: number; readonly inputs: readonly number[] };

export interface Step {
  readonly operation: Operation;
  /** The part of the formula, for messages. */
  readonly source: Node;
  /** The formula it is part of, as a path within the config. */
  readonly path: readonly PropertyKey[];
}

/** How gradients are made: by TensorFlow from the formula, as if there were only the identity, or by formulas. */
export type Backward =
  | { readonly kind: 'automatic' }
  | { readonly kind: 'straightThrough' }
  | { readonly kind: 'formulas'; readonly of: ReadonlyMap<string, number> };

export interface Program {
  readonly steps: readonly Step[];
  readonly inputs: readonly string[];
  readonly parameters: readonly string[];
  readonly output: number;
  /** Steps from here on belong to backward formulas alone. */
  readonly forwardCount: number;
  readonly backward: Backward;
}

/** Whether each step is needed for one of some; what a step takes that is known is not. */
export function neededFor(
  steps: readonly Step[],
  targets: readonly number[],
  known: readonly number[] = [],
): boolean[] {
  const needed = new Array<boolean>(steps.length).fill(false);
  for (const target of targets) needed[target] = true;
  for (let index = steps.length - 1; index >= 0; index -= 1) {
    if (!needed[index] || known.includes(index)) continue;
    for (const input of steps[index]?.operation.inputs ?? []) needed[input] = true;
  }
  return needed;
}

/** Results of the forward formula that backward formulas take; constants are made again. */
export function forBackward({ steps, forwardCount }: Program, targets: readonly number[]): number[] {
  const needed = neededFor(steps, targets);
  const taken = steps.flatMap(({ operation }, index) =>
    needed[index] && index >= forwardCount ? operation.inputs : [],
  );
  const isKept = (index: number): boolean =>
    index < forwardCount && steps[index]?.operation.kind !== 'constant';
  return [...new Set([...taken, ...targets])].filter(isKept);
}
