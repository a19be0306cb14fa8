// What every layer is: a schema of its settings, a shape rule with its weights, and a computation on tensors. The
// engine is a parameter of the computation: nothing in here loads TensorFlow.

import type { Engine, Scalar, Tensor, Tensor1D } from '@gradstream/engine';
import type { z } from 'zod';
import type { Activation } from '../activations/index.js';
import type { Constraint } from '../constraints/index.js';
import type { Initializer } from '../initializers/index.js';
import type { Regularizer } from '../regularizers/index.js';
import type { Effort } from './effort.js';

/** Lengths of the axes, without the batch axis. */
export type Shape = readonly number[];

/** What a weight is for: settings such as weight decay leave some of them out. */
export type WeightRole = 'kernel' | 'bias' | 'scale' | 'embedding' | 'statistic';

/** One tensor that a layer keeps. */
export interface WeightSpec {
  /** Unique within the layer; Keras's name. */
  readonly name: string;
  readonly shape: Shape;
  readonly initializer: Initializer;
  /** Elements along the last axis that begin at one in place of that, such as the bias of a forget gate. */
  readonly ones?: { readonly from: number; readonly to: number };
  readonly role: WeightRole;
  /** False for what training does not change by gradients, such as moving statistics. */
  readonly trainable: boolean;
  readonly regularizer?: Regularizer | null;
  readonly constraint?: Constraint | null;
}

/** What a call of a layer is given besides its inputs. */
export interface LayerContext {
  readonly gs: Engine;
  /** Whether dropout drops and batch statistics are taken. */
  readonly training: boolean;
  /** False where the layer is frozen: its moving statistics are then left as they are, too. */
  readonly trainable: boolean;
  /** Of each input: bool [batch, steps], false where a step is padding; null where all count. */
  readonly masks: readonly (Tensor | null)[];
  /** The value of a weight, by the name of its spec. */
  readonly weight: (name: string) => Tensor;
  /** A seed (int32 [2]) for random numbers: another one at each call, layer and training step. */
  readonly seed: () => Tensor1D;
  /** An activation at the layer's end, which a fused loss may take over. */
  readonly activate: (x: Tensor, activation: Activation) => Tensor;
  /** A new value for a weight that is no parameter, such as a moving mean. Of no effect outside of training. */
  readonly update: (name: string, value: Tensor) => void;
  /** A term of the loss. */
  readonly addLoss: (value: Scalar) => void;
  /** The context of a layer inside of this one, whose weights are `<prefix>/<name>` here. */
  readonly within: (prefix: string, masks: readonly (Tensor | null)[]) => LayerContext;
}

/** Which steps count (bool [batch, steps]); null for all of them. */
export type Mask = Tensor | null;

/** A layer for inputs of known shapes. */
export interface LayerPlan {
  /** Shapes of the outputs, mostly one. */
  readonly outputs: readonly Shape[];
  /** In Keras's order. */
  readonly weights: readonly WeightSpec[];
  /** Floating-point operations of the forward pass for one sample; a multiply-add is two. */
  readonly flops: number;
  /** Values of one sample that the backward pass needs besides inputs and outputs. */
  readonly kept?: number;
  /** The activation that ends the layer and that `context.activate` computes; absent where something else ends it. */
  readonly finalActivation?: Activation;
  /** Penalty on the outputs: its sum over their values, divided by the size of the batch, is added to the loss. */
  readonly activityRegularizer?: Regularizer | null;
  /** Whether no gradient flows to the inputs, such as through rounding. */
  readonly stopsGradients?: boolean;
  /** Whether the gradient is on purpose not the derivative of what is computed: straight-through. */
  readonly estimatesGradients?: boolean;
  /** Mask of the output: that of the first input, or computed, for each of several outputs in a list; none when absent. */
  readonly mask?: 'pass' | ((context: LayerContext, inputs: readonly Tensor[]) => Mask | readonly Mask[]);
  /** Inputs [batch, ...shape] to outputs [batch, ...shape]. */
  readonly call: (context: LayerContext, inputs: readonly Tensor[]) => Tensor | readonly Tensor[];
}

/** The inputs of one call. */
export interface LayerInputs {
  readonly shapes: readonly Shape[];
  /** The parameter of Keras's `call` that each one is for; null for those by position. */
  readonly names: readonly (string | null)[];
  /** What else is passed at the call, such as `use_causal_mask`; checked by `callOptions`. */
  readonly options: Readonly<Record<string, unknown>>;
  /** What expressions of the definition have taken so far; counted for each call by itself when absent. */
  readonly effort?: Effort;
}

/** A layer inside of another one. */
export interface InnerLayer {
  readonly type: string;
  readonly trainable: boolean;
  /** Throws ShapeError. */
  readonly build: (inputs: LayerInputs) => LayerPlan;
}

/** Reads the layer that a wrapper's setting holds. Throws SettingError with the path below that setting. */
export type ReadInner = (definition: unknown, path: readonly PropertyKey[]) => InnerLayer;

/** A layer type: how its settings are read, and what it makes of inputs. */
export interface LayerType<Config> {
  /** Keras's keys. Strict: a setting that is not carried out is refused. */
  readonly config: z.ZodType<Config>;
  /** What may be passed at a call besides tensors; nothing when absent. */
  readonly callOptions?: z.ZodType<Readonly<Record<string, unknown>>>;
  /** The parameters of Keras's `call` in its order, by which tensors are sorted that are passed by name. */
  readonly parameters?: readonly string[];
  /** How many inputs a call takes: one when absent. */
  readonly inputs?: { readonly least: number; readonly most: number };
  /** Throws ShapeError when the inputs do not fit, SettingError when settings contradict each other. */
  readonly build: (config: Config, inputs: LayerInputs, readInner: ReadInner) => LayerPlan;
}

/** A refusal by a layer's shape rule; the caller adds where. */
export class ShapeError extends Error {
  constructor(
    message: string,
    readonly hint: string,
  ) {
    super(message);
  }
}

/** A setting that cannot be carried out, at a path below the layer's config. */
export class SettingError extends Error {
  constructor(
    readonly path: readonly PropertyKey[],
    message: string,
    readonly hint: string,
    readonly code: string = 'setting',
  ) {
    super(message);
  }
}

/** A shape as people write it. */
export const showShape = (shape: Shape): string => `[${shape.join(', ')}]`;

/** Number of values of a shape. */
export const sizeOf = (shape: Shape): number => shape.reduce((product, length) => product * length, 1);

/** The only input of a layer that takes one. */
export function onlyInput({ shapes }: LayerInputs): Shape {
  const [shape] = shapes;
  if (shape === undefined || shapes.length !== 1) throw new Error('the registry checks the number of inputs');
  return shape;
}

/** The masks of the outputs of a call. */
export function outputMasks(
  { mask, outputs }: LayerPlan,
  context: LayerContext,
  inputs: readonly Tensor[],
): readonly Mask[] {
  const made = mask === 'pass' ? (context.masks[0] ?? null) : (mask?.(context, inputs) ?? null);
  return Array.isArray(made) ? (made as readonly Mask[]) : outputs.map(() => made as Mask);
}

/** The only tensor of a layer that takes one. */
export function onlyTensor(inputs: readonly Tensor[]): Tensor {
  const [tensor] = inputs;
  if (tensor === undefined) throw new Error('a layer was called without inputs');
  return tensor;
}
