// A graph's definition as the modelTopology of a TensorFlow.js model.json (layers models).

import { toPointer, type ProblemItem } from '@gradstream/contracts';
import type {
  CallDefinition,
  GraphDefinition,
  LayerDefinition,
  TensorReference,
} from '../../definition/definition.js';
import type { ModelGraph } from '../../graph/graph.js';
import { readInput } from '../../layers/input.js';
import { ownNodes } from '../ownNodes.js';
import { isRecord } from '../../objects/forms.js';
import { WRITTEN_APART, writeSetting } from './settings.js';
import { shapesOf, type ShapeOf } from './shapes.js';
import { GIVEN_ANYWAY, tfjsLayers } from './tfjsLayers.js';
import { NotInTfjs, tfjsWriter } from './tfjsObjects.js';

type Json = Record<string, unknown>;
type Path = readonly PropertyKey[];

export type TfjsTopology =
  | { readonly ok: true; readonly topology: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly problems: ProblemItem[] };

const HINT = 'Export it in the format of Keras 3, or train a model without it';

/** Whether a value is what TensorFlow.js has: a list of equal numbers may stand for one number. */
const isSame = (value: unknown, fixed: unknown): boolean =>
  Array.isArray(value) ? value.every((one) => one === fixed) : value === fixed;

/** Whether the backward layer of a Bidirectional is what is made of the forward one anyway. */
function isMirror({ layer, backward_layer: backward }: LayerDefinition['config']): boolean {
  const of = (value: unknown): readonly [string, unknown] => {
    const config = isRecord(value) && isRecord(value['config']) ? value['config'] : {};
    const same = Object.entries(config).filter(([key]) => key !== 'name' && key !== 'go_backwards');
    return [JSON.stringify(same), config['go_backwards'] ?? false];
  };
  const [one, other] = [of(layer), of(backward)];
  return one[0] === other[0] && one[1] !== other[1];
}

class TfjsWriter {
  readonly problems: ProblemItem[] = [];

  constructor(private readonly shapeOf: ShapeOf) {}

  /** Layers of a frozen model are frozen one by one: TensorFlow.js keeps nothing of the model's. */
  model(graph: GraphDefinition, inherited: boolean): Json {
    const { kind, name, layers } = graph;
    const trainable = inherited && graph.trainable;
    for (const layer of layers) this.#checkFlatten(graph, layer);
    if (kind === 'Sequential') {
      const written = layers.filter(({ type, config }) => type !== 'InputLayer' || readInput(config).shape);
      return {
        class_name: 'Sequential',
        config: { name, layers: written.map((one) => this.#layer(one, trainable)) },
      };
    }
    const shifted = ownNodes(graph, 'tfjs');
    const end = ({ layer, call, output }: TensorReference): unknown[] => [
      layer,
      shifted.has(layer) ? call + 1 : call,
      output,
    ];
    const config = {
      name,
      layers: layers.map((layer) => ({
        ...this.#layer(layer, trainable),
        name: layer.name,
        inbound_nodes:
          layer.type === 'InputLayer' ? [] : layer.calls.map((call) => this.#call(layer, call, end)),
      })),
      input_layers: graph.inputs.map(end),
      output_layers: graph.outputs.map(end),
    };
    return { class_name: 'Functional', config };
  }

  /** Its Flatten takes no vectors. */
  #checkFlatten(graph: GraphDefinition, { name, type, calls, path }: LayerDefinition): void {
    const inputs = calls.flatMap((call) => call.inputs);
    if (type === 'Flatten' && inputs.some((input) => this.shapeOf(graph, input).length < 2))
      this.#refuse(path, `Flatten takes no vectors in TensorFlow.js, "${name}" is given one`);
  }

  #call(
    { path, name }: LayerDefinition,
    { inputs, options }: CallDefinition,
    end: (of: TensorReference) => unknown[],
  ) {
    const [option] = Object.keys(options);
    if (option !== undefined)
      this.#refuse(path, `"${option}" of the call of "${name}" is not in TensorFlow.js`);
    if (inputs.some((input) => input.name !== null))
      this.#refuse(path, `TensorFlow.js passes no tensors by name, as the call of "${name}" does`);
    return inputs.map((input) => [...end(input), {}]);
  }

  #layer({ name, type, config, model, path }: LayerDefinition, inherited: boolean): Json {
    const trainable = inherited && config['trainable'] !== false;
    if (model) {
      const written = this.model(model, trainable);
      return { ...written, config: { ...(written['config'] as Json), name } };
    }
    if (type !== 'InputLayer')
      return { class_name: type, config: { name, trainable, ...this.#settings(type, config, path) } };
    const { shape } = readInput(config);
    const dtype = config['dtype'] ?? 'float32';
    return {
      class_name: type,
      config: { name, batch_input_shape: [null, ...(shape ?? [])], dtype, sparse: false },
    };
  }

  #settings(type: string, config: LayerDefinition['config'], path: Path): Json {
    const known = tfjsLayers.get(type);
    if (!known) {
      this.#refuse(
        path,
        `the layer ${type} does not exist in TensorFlow.js, or computes something else there`,
      );
      return {};
    }
    const given = { ...(Object.hasOwn(GIVEN_ANYWAY, type) ? GIVEN_ANYWAY[type] : {}), ...config };
    const written: Json = {};
    for (const [key, value] of Object.entries(given)) {
      if (WRITTEN_APART.has(key) || value === undefined) continue;
      if (key === 'backward_layer' && isMirror(config)) continue;
      // It infers a shape that is too short, and then computes another one.
      if (key === 'padding' && value === 'causal')
        this.#refuse(path, 'TensorFlow.js has a wrong shape for the padding "causal"');
      if (known.known.includes(key)) written[known.renamed[key] ?? key] = this.#setting(key, value, path);
      else if (value !== null && key !== 'seed' && !isSame(value, known.fixed[key]))
        this.#refuse(path, `${type} has no "${key}" in TensorFlow.js`);
    }
    return written;
  }

  #setting(key: string, value: unknown, path: Path): unknown {
    const writer = tfjsWriter((type, config) => {
      const { name } = config;
      const named = name === undefined ? {} : { name };
      return { class_name: type, config: { ...named, ...this.#settings(type, config, path) } };
    });
    try {
      return writeSetting(writer, key, value);
    } catch (error) {
      if (!(error instanceof NotInTfjs)) throw error;
      this.#refuse(path, error.message);
      return null;
    }
  }

  #refuse(path: Path, message: string): void {
    this.problems.push({ pointer: toPointer(path), code: 'notInTfjs', message, hint: HINT });
  }
}

/** What `tf.models.modelFromJSON` reads as the same model; or what of it TensorFlow.js does not have. */
export function toTfjs(graph: ModelGraph): TfjsTopology {
  const writer = new TfjsWriter(shapesOf(graph));
  const model = writer.model(graph.definition, true);
  if (writer.problems.length > 0) return { ok: false, problems: writer.problems };
  const topology = { ...model, keras_version: 'tfjs-layers 4.22.0', backend: 'tensor_flow.js' };
  return { ok: true, topology };
}
