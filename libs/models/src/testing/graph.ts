// Graphs by hand, for checks that look at structure alone: layers of any type, shapes and weights as they are given.

import type { GraphDefinition, LayerDefinition } from '../definition/definition.js';
import type { Activation } from '../activations/index.js';
import type { DataType, GraphNode, Layer, ModelGraph } from '../graph/graph.js';
import { initializerSchema } from '../initializers/index.js';
import { parseModel } from '../formats/parse.js';
import type { LayerPlan, Shape, WeightSpec } from '../layers/layer.js';

export interface TestCall {
  readonly name: string;
  readonly type?: string;
  /** Names of inputs or calls; the one before when absent. */
  readonly from?: readonly string[];
  readonly shape?: Shape;
  readonly weights?: Readonly<Record<string, Shape>>;
  readonly statistics?: Readonly<Record<string, Shape>>;
  readonly trainable?: boolean;
  readonly activation?: Activation;
  readonly kept?: number;
  readonly flops?: number;
  readonly mask?: LayerPlan['mask'];
  readonly config?: Readonly<Record<string, unknown>>;
  readonly call?: LayerPlan['call'];
}

export interface TestGraph {
  readonly inputs: Readonly<Record<string, Shape | { readonly shape: Shape; readonly type: DataType }>>;
  readonly calls: readonly TestCall[];
  /** Names of calls; the last when absent. */
  readonly outputs?: readonly string[];
}

const weightsOf = ({ weights = {}, statistics = {}, trainable = true }: TestCall): WeightSpec[] =>
  [weights, statistics].flatMap((specs, index) =>
    Object.entries(specs).map(([name, shape]) => ({
      name,
      shape,
      initializer: initializerSchema.parse('zeros'),
      role: index === 0 ? 'kernel' : 'statistic',
      trainable: trainable && index === 0,
    })),
  );

/** A call of the name of an earlier one shares its layer; its value is named `<name>:1` and so on. */
export function testGraph({ inputs, calls, outputs }: TestGraph): ModelGraph {
  const values: Shape[] = [];
  const byName = new Map<string, number>();
  const add = (name: string, shape: Shape): number => {
    byName.set(name, values.push(shape) - 1);
    return values.length - 1;
  };
  const valueOf = (name: string): number => {
    const value = byName.get(name);
    if (value === undefined) throw new Error(`the graph has no value ${name}`);
    return value;
  };
  const given = Object.entries(inputs).map(([name, input]) => {
    const { shape, type } = 'shape' in input ? input : { shape: input, type: 'float32' as const };
    return { name, shape, type, value: add(name, shape) };
  });
  const layers = new Map<string, Layer>();
  const times = new Map<string, number>();
  const nodes = calls.map((one): GraphNode => {
    const { name, type = 'Dense', trainable = true, activation, kept, flops = 0, mask, call } = one;
    const weights = weightsOf(one);
    const layer = layers.get(name) ?? { name, type, trainable, weights };
    layers.set(name, layer);
    const from = one.from?.map(valueOf) ?? [values.length - 1];
    const time = times.get(name) ?? 0;
    times.set(name, time + 1);
    const shape = one.shape ?? values[from[0] ?? 0] ?? [];
    const output = add(time === 0 ? name : `${name}:${time}`, shape);
    const plan: LayerPlan = {
      outputs: [shape],
      weights: layer.weights,
      flops,
      call: call ?? (() => []),
      ...(kept === undefined ? {} : { kept }),
      ...(activation === undefined ? {} : { finalActivation: activation }),
      ...(mask === undefined ? {} : { mask }),
    };
    return { layer, plan, inputs: from, outputs: [output], training: true };
  });
  const last = calls.at(-1)?.name ?? '';
  const made = (outputs ?? [last]).map((name) => {
    const value = valueOf(name);
    return { name, shape: values[value] ?? [], value };
  });
  const definition: GraphDefinition = {
    kind: 'Functional',
    name: 'm',
    trainable: true,
    layers: calls.map(({ name, type = 'Dense', config = {} }, index): LayerDefinition => ({
      name,
      type,
      config,
      model: null,
      calls: [],
      path: ['config', 'layers', index],
      configPath: ['config', 'layers', index, 'config'],
    })),
    inputs: [],
    outputs: [],
    path: ['config'],
  };
  return {
    name: 'm',
    inputs: given,
    outputs: made,
    layers: [...layers.values()],
    nodes,
    values,
    inputShape: given[0]?.shape ?? [],
    outputShape: made[0]?.shape ?? [],
    definition,
  };
}

/** A Sequential model of real layers: [class name, config] each. */
export function sequential(
  inputShape: Shape,
  ...layers: readonly [type: string, config?: object][]
): ModelGraph {
  const named = [['InputLayer', { batch_shape: [null, ...inputShape] }] as const, ...layers];
  const parsed = parseModel({
    module: 'keras',
    class_name: 'Sequential',
    config: {
      name: 'm',
      layers: named.map(([type, config = {}]) => ({
        module: 'keras.layers',
        class_name: type,
        config,
        registered_name: null,
      })),
    },
    registered_name: null,
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.graph;
}
