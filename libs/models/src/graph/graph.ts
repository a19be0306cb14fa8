import type { GraphDefinition } from '../definition/definition.js';
import { sizeOf, type LayerPlan, type Shape, type WeightSpec } from '../layers/layer.js';

/** Types of a model's inputs; every other value is float32. */
export type DataType = 'float32' | 'int32';

/** A layer with its weights, which all its calls share. */
export interface Layer {
  /** Name; of a layer in a nested model, `<model>/<name>`. */
  readonly name: string;
  /** Keras class name. */
  readonly type: string;
  /** False where it, or a model that it is in, is frozen. */
  readonly trainable: boolean;
  /** Weights of a frozen layer are not trainable here. */
  readonly weights: readonly WeightSpec[];
}

/** One call of a layer. Values are indexes into the graph's. */
export interface GraphNode {
  readonly layer: Layer;
  readonly plan: LayerPlan;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** False where the call is as in inference during training, too: `training=False` at the call, or of a model around it. */
  readonly training: boolean;
}

export interface ModelInput {
  readonly name: string;
  readonly shape: Shape;
  readonly type: DataType;
  readonly value: number;
}

export interface ModelOutput {
  /** Name of the layer that gives it; with `_1` and so on when one layer gives several. */
  readonly name: string;
  readonly shape: Shape;
  readonly value: number;
}

/** A checked model: calls of layers in an order in which they can run, with all shapes known. */
export interface ModelGraph {
  readonly name: string;
  readonly inputs: readonly ModelInput[];
  readonly outputs: readonly ModelOutput[];
  /** Nested models are taken apart. */
  readonly layers: readonly Layer[];
  readonly nodes: readonly GraphNode[];
  /** Shapes of all values, for one sample. */
  readonly values: readonly Shape[];
  /** Shape of the first input. */
  readonly inputShape: Shape;
  /** Shape of the first output. */
  readonly outputShape: Shape;
  /** What it was read from, for writing it in another format. */
  readonly definition: GraphDefinition;
}

/** Number of values of weights. */
export const countValues = (weights: readonly WeightSpec[]): number =>
  weights.reduce((sum, weight) => sum + sizeOf(weight.shape), 0);

const producers = new WeakMap<readonly GraphNode[], ReadonlyMap<number, GraphNode>>();

/** The call that makes a value; none for a model's input. The first look-up in a graph goes through its calls, others do not. */
export function producerOf({ nodes }: ModelGraph, value: number): GraphNode | undefined {
  const known =
    producers.get(nodes) ??
    new Map(nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
  producers.set(nodes, known);
  return known.get(value);
}
