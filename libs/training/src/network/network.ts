// A model's graph as variables and a forward pass.

import type { Engine, Scalar, Tensor, Tensor1D, Variable } from '@gradstream/engine';
import {
  createContext,
  initialValue,
  outputMasks,
  penalty,
  producerOf,
  SEEDS_PER_CALL,
  type GraphNode,
  type Layer,
  type ModelGraph,
  type Segment,
  type WeightSpec,
} from '@gradstream/models';
import { weightSeed, type Seed } from './seeds.js';

/** A tensor that the network keeps. */
export interface Weight {
  /** `<layer>/<weight>`. */
  readonly name: string;
  readonly layer: Layer;
  readonly spec: WeightSpec;
  readonly variable: Variable;
}

/** How a forward pass is run. */
export interface ForwardOptions {
  /** Seed (int32 [2]), an input of the step; null outside of training. */
  readonly seed: Tensor1D | null;
  /** Calls whose final activation is left out, for losses that work on logits. */
  readonly withoutActivation?: ReadonlySet<GraphNode>;
  /** Groups of calls whose intermediate values are computed again for the backward pass. */
  readonly segments?: readonly Segment[];
  /** Stands in for a value that a call makes, such as the value plus something whose gradient is wanted. */
  readonly onValue?: (value: number, tensor: Tensor) => Tensor;
  /** The same for the value before the activation that ends a call, by the call's index among the graph's. */
  readonly onPreActivation?: (call: number, tensor: Tensor) => Tensor;
  /** Stands in for the value of a weight; not within segments. */
  readonly weightOf?: (weight: Weight) => Tensor;
}

/** What a forward pass gives. */
export interface Forward {
  readonly outputs: readonly Tensor[];
  /** Masks of the outputs; null where everything counts. */
  readonly masks: readonly (Tensor | null)[];
  /** Terms of the loss that layers add. */
  readonly losses: readonly Scalar[];
  /** New values of statistics, to be assigned once the step has used the old ones. */
  readonly updates: readonly { readonly weight: Weight; readonly value: Tensor }[];
}

/** Values and masks while a forward pass runs, by value index. */
interface Progress {
  readonly values: Map<number, Tensor>;
  readonly masks: Map<number, Tensor | null>;
  readonly losses: Scalar[];
  readonly updates: { weight: Weight; value: Tensor }[];
}

/** Layers that take integers as they are: ids, exact in all 32 bits, and what moves them. */
const TAKES_INTEGERS = new Set(['Embedding', 'Flatten', 'Identity', 'Permute', 'RepeatVector', 'Reshape']);

/** What a layer computes with: integers become float32, as TensorFlow's functions under Keras's layers promote them. */
const asTaken = ({ layer }: GraphNode, input: Tensor): Tensor =>
  input.dtype === 'int32' && !TAKES_INTEGERS.has(layer.type) ? input.cast('float32') : input;

/** The initial value of a weight; the caller disposes it. */
function initialOf(gs: Engine, { initializer, shape, ones }: WeightSpec, seed: Seed): Tensor {
  if (!ones) return initialValue(gs, initializer, shape, seed);
  return gs.tf.tidy(() => {
    const value = initialValue(gs, initializer, shape, seed);
    const { from, to } = ones;
    const length = shape.at(-1) ?? 0;
    const [before, , after] = gs.tf.split(value, [from, to - from, length - to], -1);
    const middle = gs.tf.ones([...shape.slice(0, -1), to - from]);
    return gs.tf.concat([before ?? middle, middle, after ?? middle], -1);
  });
}

export class Network {
  readonly weights: readonly Weight[];
  readonly #byName: ReadonlyMap<string, Weight>;

  /** Makes the weights, with initial values that are functions of the seed. */
  constructor(
    private readonly gs: Engine,
    readonly graph: ModelGraph,
    seed: number,
  ) {
    const all = graph.layers.flatMap((layer) => layer.weights.map((spec) => ({ layer, spec })));
    const weights: Weight[] = [];
    this.weights = weights;
    try {
      for (const [index, { layer, spec }] of all.entries()) {
        const value = initialOf(gs, spec, weightSeed(seed, index));
        const variable = gs.variable(value, spec.trainable);
        value.dispose();
        weights.push({ name: `${layer.name}/${spec.name}`, layer, spec, variable });
      }
    } catch (error) {
      this.dispose(); // Of a network that does not fit into memory nothing stays there.
      throw error;
    }
    this.#byName = new Map(this.weights.map((weight) => [weight.name, weight]));
  }

  /** Weights that gradients change, in order. */
  get trainable(): Weight[] {
    return this.weights.filter(({ spec }) => spec.trainable);
  }

  weight(name: string): Weight {
    const weight = this.#byName.get(name);
    if (!weight) throw new Error(`the network has no weight ${name}`);
    return weight;
  }

  /** The call that ends in an output's activation, if that activation can be left out: nothing else uses its value. */
  finalCall(output: number): GraphNode | null {
    const { nodes, outputs } = this.graph;
    const value = outputs[output]?.value ?? -1;
    const shared =
      nodes.some(({ inputs }) => inputs.includes(value)) ||
      outputs.filter((other) => other.value === value).length > 1;
    const call = shared ? undefined : producerOf(this.graph, value);
    // A penalty on what the layer gives is one on what its activation gives.
    return call && !call.plan.activityRegularizer ? call : null;
  }

  /** Inputs [batch, ...shape], in the order of the graph's, to outputs. */
  forward(inputs: readonly Tensor[], options: ForwardOptions): Forward {
    const { graph } = this;
    const progress: Progress = { values: new Map(), masks: new Map(), losses: [], updates: [] };
    graph.inputs.forEach(({ name, value }, index) => {
      const tensor = inputs[index];
      if (!tensor) throw new Error(`the input ${name} is missing`);
      progress.values.set(value, tensor);
    });
    const starts = new Map((options.segments ?? []).map((segment) => [segment.from, segment]));
    for (let index = 0; index < graph.nodes.length;) {
      const segment = starts.get(index);
      if (segment) this.#runSegment(segment, options, progress);
      else this.#run(index, options, progress);
      index = segment?.to ?? index + 1;
    }
    const { values, masks, losses, updates } = progress;
    const outputs = graph.outputs.map(({ value }) => this.#valueOf(values, value));
    return { outputs, masks: graph.outputs.map(({ value }) => masks.get(value) ?? null), losses, updates };
  }

  /** Sum of the penalties of trainable weights, or of what stands in for them; null where no layer has a regularizer. */
  penalty(weightOf = ({ variable }: Weight): Tensor => variable): Scalar | null {
    const terms = this.trainable.flatMap((weight) =>
      weight.spec.regularizer ? [penalty(this.gs, weight.spec.regularizer, weightOf(weight))] : [],
    );
    return terms.length > 0 ? this.gs.tf.addN(terms).asScalar() : null;
  }

  dispose(): void {
    for (const { variable } of this.weights) variable.dispose();
  }

  /**
   * Runs calls as one block that keeps only what it gives on. Where masks come in, or statistics that an earlier call
   * changed, as they are: blocks take neither.
   */
  #runSegment(segment: Segment, options: ForwardOptions, { values, masks, losses, updates }: Progress): void {
    const { gs, graph } = this;
    const nodes = graph.nodes.slice(segment.from, segment.to);
    const made = new Set(nodes.flatMap(({ outputs }) => outputs));
    const needed = [...new Set(nodes.flatMap(({ inputs }) => inputs))].filter((value) => !made.has(value));
    // The model's inputs have no gradient; the block uses them as they are.
    const outer = new Set(graph.inputs.map(({ value }) => value));
    const taken = needed.filter((value) => !outer.has(value));
    const usedLater = new Set([
      ...graph.nodes.slice(segment.to).flatMap(({ inputs }) => inputs),
      ...graph.outputs.map(({ value }) => value),
    ]);
    const given = [...made].filter((value) => usedLater.has(value));
    const indexes = nodes.map((_, offset) => segment.from + offset);
    const layers = new Set(nodes.map(({ layer }) => layer));
    if (needed.some((value) => masks.get(value)) || updates.some(({ weight }) => layers.has(weight.layer))) {
      for (const index of indexes) this.#run(index, options, { values, masks, losses, updates });
      return;
    }
    // Which weights get new statistics, and how many terms of the loss there are, is known once the block has run.
    let updated: Weight[] = [];
    const block = (...tensors: Tensor[]): Tensor[] => {
      const inner: Progress = { values: new Map(), masks: new Map(), losses: [], updates: [] };
      for (const value of needed) inner.values.set(value, this.#valueOf(values, value));
      taken.forEach((value, at) => inner.values.set(value, tensors[at] ?? gs.tf.scalar(0)));
      for (const index of indexes) this.#run(index, options, inner);
      updated = inner.updates.map(({ weight }) => weight);
      return [
        ...given.map((value) => this.#valueOf(inner.values, value)),
        ...inner.updates.map(({ value }) => value),
        ...inner.losses,
      ];
    };
    const inputs = taken.map((value) => this.#valueOf(values, value));
    const results = gs.recompute(block, ...inputs);
    given.forEach((value, at) => values.set(value, results[at] ?? gs.tf.scalar(0)));
    const rest = results.slice(given.length);
    updated.forEach((weight, at) => updates.push({ weight, value: rest[at] ?? gs.tf.scalar(0) }));
    losses.push(...(rest.slice(updated.length) as Scalar[]));
  }

  #run(index: number, options: ForwardOptions, progress: Progress): void {
    const { gs } = this;
    const node = this.graph.nodes[index];
    if (!node) throw new Error(`the graph has no call ${index}`);
    const { layer, plan } = node;
    const { values, masks, losses, updates } = progress;
    const inputs = node.inputs.map((value) => asTaken(node, this.#valueOf(values, value)));
    const context = createContext({
      gs,
      training: options.seed !== null && node.training,
      trainable: layer.trainable,
      masks: node.inputs.map((value) => masks.get(value) ?? null),
      weight: (name) => {
        const weight = this.weight(`${layer.name}/${name}`);
        // A layer that is called twice goes on from what its first call made of its statistics.
        const pending = updates.findLast((update) => update.weight === weight)?.value;
        return pending ?? options.weightOf?.(weight) ?? weight.variable;
      },
      seed: options.seed && this.#seedOf(options.seed, index),
      beforeActivation: options.onPreActivation && ((x) => options.onPreActivation?.(index, x) ?? x),
      skipActivation: options.withoutActivation?.has(node) ?? false,
      update: (name, value) => updates.push({ weight: this.weight(`${layer.name}/${name}`), value }),
      addLoss: (value) => losses.push(value),
    });
    gs.scope(layer.name, () => {
      const result = plan.call(context, inputs);
      const outputs = Array.isArray(result) ? (result as readonly Tensor[]) : [result as Tensor];
      const made = outputMasks(plan, context, inputs);
      node.outputs.forEach((value, at) => {
        const output = outputs[at];
        if (!output) throw new Error(`layer ${layer.name} gave ${outputs.length} outputs`);
        values.set(value, options.onValue?.(value, output) ?? output);
        masks.set(value, made[at] ?? null);
        const { activityRegularizer } = plan;
        if (activityRegularizer)
          losses.push(penalty(gs, activityRegularizer, output).div<Scalar>(output.shape[0]));
      });
    });
  }

  /** The first seed of a call. */
  #seedOf(seed: Tensor1D, index: number): Tensor1D {
    return this.gs.tf.add<Tensor1D>(seed, this.gs.tf.tensor1d([0, index * SEEDS_PER_CALL], 'int32'));
  }

  #valueOf(values: ReadonlyMap<number, Tensor>, value: number): Tensor {
    const tensor = values.get(value);
    if (!tensor) throw new Error('a call ran before its inputs');
    return tensor;
  }
}
