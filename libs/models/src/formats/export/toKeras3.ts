// A graph's definition as Keras 3's `model.to_json()` writes it.

import { toPointer, type ProblemItem } from '@gradstream/contracts';
import { activationConfig } from '../../activations/index.js';
import { constraintConfig } from '../../constraints/index.js';
import type {
  ArgumentReference,
  CallDefinition,
  GraphDefinition,
  LayerDefinition,
  TensorReference,
} from '../../definition/definition.js';
import type { ModelGraph } from '../../graph/graph.js';
import { initializerConfig } from '../../initializers/index.js';
import { heldLayers } from '../../layers/held.js';
import { readInput } from '../../layers/input.js';
import { regularizerConfig } from '../../regularizers/index.js';
import { ownNodes } from '../ownNodes.js';
import { WRITTEN_APART, writeSetting, type SettingWriter } from './settings.js';
import { shapesOf, type ShapeOf } from './shapes.js';

type Json = Record<string, unknown>;
type Path = readonly PropertyKey[];

export type Keras3Model =
  | { readonly ok: true; readonly model: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly problems: ProblemItem[] };

/** Layers of ours. */
const NOT_IN_KERAS = new Set(['Expression']);

/** Layers whose `call` takes several tensors one by one; all others take one list. */
const ONE_BY_ONE = new Set(['MultiHeadAttention', 'GroupQueryAttention', 'GroupedQueryAttention']);

/** The name under which Keras finds a class that has another one in Python. */
const PUBLIC_NAMES: Readonly<Record<string, string>> = { GroupedQueryAttention: 'GroupQueryAttention' };

/** Layers that take states after the sequence, which Keras 2 passes in one list with it. */
const WITH_STATES = new Set(['LSTM', 'GRU', 'SimpleRNN', 'ConvLSTM2D', 'Bidirectional']);

const keras = (type: string, config: Json): Json => ({
  module: 'keras.layers',
  class_name: Object.hasOwn(PUBLIC_NAMES, type) ? PUBLIC_NAMES[type] : type,
  config,
  registered_name: null,
});

function settings(config: LayerDefinition['config']): Json {
  const entries = Object.entries(config)
    .filter(([key, value]) => !WRITTEN_APART.has(key) && value !== undefined)
    .map(([key, value]): [string, unknown] => [key, writeSetting(writer, key, value)]);
  // Some layers of Keras take no `trainable`.
  const frozen = config['trainable'] === false ? { trainable: false } : {};
  return { ...frozen, dtype: 'float32', ...Object.fromEntries(entries) };
}

const writer: SettingWriter = {
  activation: activationConfig,
  initializer: initializerConfig,
  regularizer: regularizerConfig,
  constraint: constraintConfig,
  layer: (type, config) => {
    const { name } = config;
    return keras(type, { ...(name === undefined ? {} : { name }), ...settings(config) });
  },
};

class Keras3Writer {
  readonly problems: ProblemItem[] = [];

  constructor(private readonly shapeOf: ShapeOf) {}

  model(graph: GraphDefinition): Json {
    const { kind, name, trainable, layers } = graph;
    if (kind === 'Sequential') {
      // The shape of the input of a nested model is given by its call.
      const written = layers.filter(({ type, config }) => type !== 'InputLayer' || readInput(config).shape);
      const config = {
        name,
        trainable,
        dtype: 'float32',
        layers: written.map((layer) => this.#layer(layer)),
      };
      return { module: 'keras', class_name: 'Sequential', config, registered_name: null };
    }
    const shifted = ownNodes(graph, 'keras3');
    const end = (by: 0 | 1, { layer, call, output }: TensorReference): unknown[] => [
      layer,
      shifted.has(layer) ? call + by : call,
      output,
    ];
    const config = {
      name,
      trainable,
      layers: layers.map((layer) => ({
        ...this.#layer(layer),
        name: layer.name,
        inbound_nodes:
          layer.type === 'InputLayer' ? [] : layer.calls.map((call) => this.#call(graph, layer, call)),
      })),
      input_layers: graph.inputs.map((one) => end(0, one)),
      output_layers: graph.outputs.map((one) => end(1, one)),
    };
    return {
      module: 'keras.src.models.functional',
      class_name: 'Functional',
      config,
      registered_name: 'Functional',
    };
  }

  #layer({ name, type, config, model, path }: LayerDefinition): Json {
    if (model) {
      const written = this.model(model);
      const trainable = model.trainable && config['trainable'] !== false;
      return { ...written, config: { ...(written['config'] as Json), name, trainable } };
    }
    this.#checkClass(type, config, path);
    if (type !== 'InputLayer') return keras(type, { name, ...settings(config) });
    const { shape } = readInput(config);
    const dtype = config['dtype'] ?? 'float32';
    return keras(type, { name, batch_shape: [null, ...(shape ?? [])], dtype, sparse: false });
  }

  /** Lists a layer that Keras does not have, also one within a wrapper. */
  #checkClass(type: string, config: LayerDefinition['config'], path: Path): void {
    const types = [type, ...heldLayers(config).map((inner) => inner['class_name'])];
    const missing = types.find((one): one is string => typeof one === 'string' && NOT_IN_KERAS.has(one));
    if (missing === undefined) return;
    const message = `the layer ${missing} does not exist in Keras`;
    const hint =
      'Keep the definition as it was given, or write a layer of your own in Keras with its formula';
    this.problems.push({ pointer: toPointer(path), code: 'notInKeras', message, hint });
  }

  #call(graph: GraphDefinition, { type }: LayerDefinition, { inputs, options }: CallDefinition): Json {
    const tensor = (reference: ArgumentReference): Json => ({
      class_name: '__keras_tensor__',
      config: {
        shape: [null, ...this.shapeOf(graph, reference)],
        dtype: 'float32',
        keras_history: [reference.layer, reference.call, reference.output],
      },
    });
    const all = inputs.filter(({ name }) => name === null).map(tensor);
    const [positional, states] = WITH_STATES.has(type) ? [all.slice(0, 1), all.slice(1)] : [all, []];
    const names = [...new Set(inputs.flatMap(({ name }) => name ?? []))];
    const named = names.map((name): [string, unknown] => {
      const tensors = inputs.filter((input) => input.name === name).map(tensor);
      return [name, tensors.length === 1 ? tensors[0] : tensors];
    });
    if (states.length > 0) named.push(['initial_state', states]);
    return {
      args: positional.length > 1 && !ONE_BY_ONE.has(type) ? [positional] : positional,
      kwargs: { ...Object.fromEntries(named), ...options },
    };
  }
}

/** What `keras.models.model_from_json` reads as the same model, as an object; or what of it Keras does not have. */
export function toKeras3(graph: ModelGraph): Keras3Model {
  const writer = new Keras3Writer(shapesOf(graph));
  const model = writer.model(graph.definition);
  return writer.problems.length > 0 ? { ok: false, problems: writer.problems } : { ok: true, model };
}
