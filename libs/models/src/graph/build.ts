// From a definition to a checked graph: every layer built in order, nested models taken apart, all that is wrong listed
// with its place. A value that could not be made is null, and what needs it is passed over in silence.

import { toPointer, toProblemItems, type ProblemItem } from '@gradstream/contracts';
import type {
  CallDefinition,
  GraphDefinition,
  LayerDefinition,
  TensorReference,
} from '../definition/definition.js';
import { orderCalls } from '../definition/order.js';
import { constraintProblem } from '../constraints/index.js';
import { initializerProblem } from '../initializers/index.js';
import { regularizerProblem } from '../regularizers/index.js';
import { showShape, sizeOf, type LayerPlan, type Shape, type WeightSpec } from '../layers/layer.js';
import { readInput } from '../layers/input.js';
import { SETTING_WORDS } from '../layers/words.js';
import { checkConnections } from './connections.js';
import { countValues, type GraphNode, type Layer, type ModelGraph, type ModelInput } from './graph.js';
import { DEFAULT_LIMITS, type ModelLimits } from './limits.js';
import { MaskSources } from './maskSources.js';
import { Planner } from './planner.js';

export type BuiltModel =
  | { readonly ok: true; readonly graph: ModelGraph }
  | { readonly ok: false; readonly problems: ProblemItem[] };

/** What a model passes on to the layers in it. */
interface Mode {
  readonly trainable: boolean;
  readonly training: boolean;
}

/** Index of a value, or null where it could not be made. */
type Made = number | null;

const keyOf = ({ layer, call }: Pick<TensorReference, 'layer' | 'call'>): string => `${layer}:${call}`;

/** Most layers of a cycle that are named. */
const NAMED = 12;

/** The names along a cycle; of a long one the first and the last. */
function showCycle(names: readonly string[]): string {
  const shown = names.map((name) => `"${name}"`);
  const left = shown.length - NAMED;
  if (left <= 0) return shown.join(' → ');
  return [...shown.slice(0, NAMED - 2), `${left} more`, ...shown.slice(-2)].join(' → ');
}

class Builder {
  readonly problems: ProblemItem[] = [];
  readonly inputs: ModelInput[] = [];
  readonly nodes: GraphNode[] = [];
  readonly values: Shape[] = [];
  readonly layers = new Map<string, Layer>();
  readonly #masks = new MaskSources();
  readonly #planner = new Planner(this.problems);
  #calls = 0;
  #full = false;

  constructor(private readonly limits: ModelLimits) {}

  /** Builds a model for the values that it is called with; null for the outermost one, whose inputs are the graph's. */
  expand(definition: GraphDefinition, prefix: string, given: readonly Made[] | null, mode: Mode): Made[] {
    this.#checkNames(definition);
    const misfits = checkConnections(definition);
    for (const { path, code, message, hint } of misfits) this.#problem(path, code, message, hint);
    const { calls, missing, cycle } = orderCalls(definition);
    for (const { from, reference } of missing) {
      const message = `layer "${from.name}" takes an input from call ${reference.call} of "${reference.layer}", which does not exist`;
      this.#problem(from.path, 'unknownInput', message, 'Name a layer of the same model');
    }
    if (cycle.length > 0) {
      const message = `the layers ${showCycle(cycle)} form a cycle`;
      this.#problem(definition.path, 'cycle', message, 'Data flows one way: take one of the connections out');
    }
    const inputs = new Map(definition.inputs.map((input, index) => [keyOf(input), index]));
    const made = new Map<string, readonly Made[]>();
    const scope = { prefix, trainable: mode.trainable && definition.trainable, training: mode.training };
    for (const { layer, index, call: written } of calls) {
      const key = keyOf({ layer: layer.name, call: index });
      if (layer.type === 'InputLayer') {
        made.set(key, [this.#input(layer, given?.[inputs.get(key) ?? -1], given)]);
        continue;
      }
      const call = this.#planner.inOrder(layer, written);
      const values = (references: readonly TensorReference[]): Made[] =>
        references.map((reference) => this.#output(made, reference, layer.path));
      const taken = values(call.inputs);
      if (call.masks) this.#checkMasks(layer, taken, values(call.masks));
      made.set(key, this.#call(layer, call, taken, scope));
    }
    return definition.outputs.map((output) => {
      if (!made.has(keyOf(output)) && missing.length + misfits.length + cycle.length === 0) {
        const message = `the output "${output.layer}" does not exist`;
        this.#problem(definition.path, 'unknownOutput', message, 'Name a layer of the model');
      }
      return this.#output(made, output, definition.path);
    });
  }

  /** The value that a reference means; null where its layer was not built. */
  #output(
    made: ReadonlyMap<string, readonly Made[]>,
    reference: TensorReference,
    path: readonly PropertyKey[],
  ): Made {
    const outputs = made.get(keyOf(reference)) ?? [];
    const { layer, output } = reference;
    if (outputs.length > 0 && output >= outputs.length) {
      const message = `"${layer}" has ${outputs.length} ${outputs.length === 1 ? 'output' : 'outputs'}: there is none with the index ${output}`;
      this.#problem(path, 'unknownInput', message, 'Outputs are counted from 0');
    }
    return outputs[output] ?? null;
  }

  /** A new value of a shape, unless it is too large. */
  #value(shape: Shape, path: readonly PropertyKey[]): Made {
    const axes = shape.length + 1;
    if (axes > this.limits.axes) {
      const message = `a tensor has ${axes} axes, the limit is ${this.limits.axes} with that of the batch`;
      this.#problem(path, 'tooManyAxes', message, 'Bring some of them into one');
      return null;
    }
    if (sizeOf(shape) <= this.limits.values) return this.values.push(shape) - 1;
    const message = `the shape ${showShape(shape)} has more than ${this.limits.values} values a sample`;
    this.#problem(path, 'tooLarge', message, 'Use smaller shapes');
    return null;
  }

  /** An input of the graph, or of a nested model that is called with a value. */
  #input(layer: LayerDefinition, value: Made | undefined, given: readonly Made[] | null): Made {
    const { ok, shape, type, issues } = readInput(layer.config);
    if (!ok) {
      for (const problem of toProblemItems(issues, layer.configPath, SETTING_WORDS))
        this.problems.push(problem);
      return null;
    }
    if (given === null) {
      if (shape === null) {
        const hint = 'Begin with an InputLayer that has a batch_shape such as [null, 64]';
        this.#problem(layer.path, 'noInputShape', 'the input shape is not known', hint);
        return null;
      }
      const made = this.#value(shape, layer.path);
      if (made !== null) this.inputs.push({ name: layer.name, shape, type, value: made });
      return made;
    }
    if (value === null || value === undefined) return null;
    const actual = this.values[value] ?? [];
    if (shape === null || showShape(shape) === showShape(actual)) return value;
    const message = `the input "${layer.name}" of a nested model has the shape ${showShape(shape)}, it is given ${showShape(actual)}`;
    this.#problem(layer.path, 'shape', message, 'Give both the same shape');
    return null;
  }

  #call(
    layer: LayerDefinition,
    call: CallDefinition,
    inputs: readonly Made[],
    scope: Mode & { readonly prefix: string },
  ): readonly Made[] {
    const path = `${scope.prefix}${layer.name}`;
    const trainable = scope.trainable && layer.config['trainable'] !== false;
    const training = scope.training && call.options['training'] !== false;
    if (!this.#hasRoom(layer)) return [];
    if (layer.model) {
      const { length: wanted } = layer.model.inputs;
      if (inputs.length !== wanted) {
        const message = `the model "${layer.name}" has ${wanted} ${wanted === 1 ? 'input' : 'inputs'}, it is given ${inputs.length}`;
        this.#problem(layer.path, 'shape', message, 'Give it as many');
        return [];
      }
      return this.expand(layer.model, `${path}/`, inputs, { trainable, training });
    }
    const areMade = inputs.every((value) => value !== null);
    const shapes = areMade ? inputs.map((value) => this.values[value] ?? []) : null;
    const plan = this.#planner.plan(layer, call, shapes);
    if (!plan) return [];
    const outputs = plan.outputs.map((shape) => this.#value(shape, layer.path));
    const owner = this.#owner(layer, path, plan, trainable);
    if (owner && areMade && outputs.every((value) => value !== null)) {
      this.nodes.push({ layer: owner, plan, inputs, outputs, training });
      this.#masks.follow(layer.type, plan, inputs, outputs);
    }
    return outputs;
  }

  /** Whether the masks that a call is given are those that come with its inputs. */
  #checkMasks({ name, path }: LayerDefinition, inputs: readonly Made[], sources: readonly Made[]): void {
    const known = (values: readonly Made[]): number[] => values.filter((value) => value !== null);
    const isKnown = !sources.includes(null);
    if (isKnown ? !this.#masks.lacks(known(inputs), known(sources)) : this.problems.length > 0) return;
    const message = `layer "${name}" is given a mask that does not come with its inputs`;
    const hint = 'Leave it out, or connect the layer so that all layers before it pass the mask on';
    this.#problem(path, 'mask', message, hint);
  }

  /** The layer of a path; all its calls need the same weights. */
  #owner(definition: LayerDefinition, name: string, plan: LayerPlan, trainable: boolean): Layer | null {
    const weights = plan.weights.map((weight) => ({ ...weight, trainable: trainable && weight.trainable }));
    if (!this.#checkWeights(definition, weights)) return null;
    const known = this.layers.get(name);
    if (!known) {
      const layer = { name, type: definition.type, trainable, weights };
      this.layers.set(name, layer);
      return layer;
    }
    const different = weights.find(
      ({ shape }, index) => showShape(shape) !== showShape(known.weights[index]?.shape ?? []),
    );
    if (!different) return known;
    const first = known.weights.find(({ name: weight }) => weight === different.name);
    const message = `layer "${name}" is called with inputs of different shapes: its ${different.name} would be ${showShape(first?.shape ?? [])} and ${showShape(different.shape)}`;
    this.#problem(
      definition.path,
      'sharedShape',
      message,
      'Call a shared layer with the same shape each time',
    );
    return null;
  }

  /** Whether initializers, regularizers and constraints fit the shapes of their weights. */
  #checkWeights({ name, path }: LayerDefinition, weights: readonly WeightSpec[]): boolean {
    const found = weights.flatMap((weight) => {
      const { shape, initializer, regularizer, constraint } = weight;
      const problems = [
        initializerProblem(initializer, shape),
        regularizer ? regularizerProblem(regularizer, shape) : null,
        constraint ? constraintProblem(constraint, shape) : null,
      ];
      return problems.flatMap((problem) => (problem === null ? [] : [{ weight, problem }]));
    });
    for (const { weight, problem } of found) {
      const message = `layer "${name}": ${problem}, and its ${weight.name} has the shape ${showShape(weight.shape)}`;
      this.#problem(path, 'weightShape', message, 'Choose another one, or leave it out');
    }
    return found.length === 0;
  }

  #checkNames({ layers }: GraphDefinition): void {
    const seen = new Set<string>();
    for (const { name, configPath } of layers) {
      const path = [...configPath, 'name'];
      if (!/^[A-Za-z0-9_.-]{1,100}$/.test(name))
        this.#problem(path, 'badName', `"${name}" is no valid name`, 'Use letters, digits, _, . and - only');
      if (seen.has(name))
        this.#problem(path, 'duplicateName', `the name "${name}" is taken`, 'Give each layer its own name');
      seen.add(name);
    }
  }

  /** Counts a call, also one that cannot be built: models in models multiply them. */
  #hasRoom(layer: LayerDefinition): boolean {
    this.#calls += 1;
    if (this.#calls <= this.limits.calls) return true;
    if (!this.#full) {
      const message = `the model has more than ${this.limits.calls} calls of layers`;
      this.#problem(layer.path, 'tooLarge', message, 'Make the model smaller');
    }
    this.#full = true;
    return false;
  }

  #problem(path: readonly PropertyKey[], code: string, message: string, hint: string): void {
    this.problems.push({ pointer: toPointer(path), code, message, hint });
  }
}

/** Names of outputs: those of their layers, numbered where one layer gives several. */
function nameOutputs(outputs: readonly TensorReference[]): string[] {
  const counts = new Map<string, number>();
  return outputs.map(({ layer }) => {
    const count = counts.get(layer) ?? 0;
    counts.set(layer, count + 1);
    return count === 0 ? layer : `${layer}_${count}`;
  });
}

/** What is wrong with a model as a whole. */
function checkWhole(builder: Builder, definition: GraphDefinition, limits: ModelLimits): ProblemItem[] {
  const pointer = toPointer([...definition.path, 'layers']);
  const weights = [...builder.layers.values()].flatMap((layer) => layer.weights);
  const count = countValues(weights);
  if (count === 0) {
    const hint = 'Add a layer with weights, such as Dense or Conv2D';
    return [{ pointer, code: 'nothingToTrain', message: 'no layer has parameters', hint }];
  }
  if (count <= limits.parameters) return [];
  const message = `${count} parameters, the limit is ${limits.parameters}`;
  return [{ pointer, code: 'tooLarge', message, hint: 'Use fewer units or layers' }];
}

/** Checks a definition and builds its graph; lists every problem with a JSON pointer into what was posted. */
export function buildModel(definition: GraphDefinition, limits: ModelLimits = DEFAULT_LIMITS): BuiltModel {
  const builder = new Builder(limits);
  const made = builder.expand(definition, '', null, { trainable: true, training: true });
  if (builder.problems.length > 0) return { ok: false, problems: builder.problems };
  const whole = checkWhole(builder, definition, limits);
  if (whole.length > 0) return { ok: false, problems: whole };
  const { inputs, nodes, values } = builder;
  const names = nameOutputs(definition.outputs);
  const outputs = made.map((value, index) => {
    if (value === null) throw new Error('a model without problems has all its outputs');
    return { name: names[index] ?? '', shape: values[value] ?? [], value };
  });
  const order = new Map(definition.inputs.map(({ layer }, index) => [layer, index]));
  const sorted = inputs.toSorted((a, b) => (order.get(a.name) ?? 0) - (order.get(b.name) ?? 0));
  return {
    ok: true,
    graph: {
      name: definition.name,
      inputs: sorted,
      outputs,
      layers: [...builder.layers.values()],
      nodes,
      values,
      inputShape: sorted[0]?.shape ?? [],
      outputShape: outputs[0]?.shape ?? [],
      definition,
    },
  };
}
