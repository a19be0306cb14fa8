// Models as Keras 3, Keras 2 and TensorFlow.js write them: Sequential and Functional ones, nested as well. Structure
// only; what layers mean is said by the registry.

import { z } from 'zod';
import { chain } from '../definition/chain.js';
import type { CallDefinition, GraphDefinition, LayerDefinition } from '../definition/definition.js';
import { isFunction, isModelClass } from '../layers/classes.js';
import { otherClass } from '../layers/registry.js';
import { commonConfig, kerasObject } from '../layers/schemas.js';
import { isRecord } from '../objects/forms.js';
import { distribute } from './distributed.js';
import { toKeras3Config, type Dialect } from './keras2Config.js';
import { endsSchema, readKeras2Call, readKeras3Call } from './kerasCalls.js';
import { mayMask, readOperation, refuseOperation, type Operation } from './maskOperations.js';
import { withoutMasks } from './masks.js';
import { withoutOwnNodes } from './ownNodes.js';
import type { Path, Reader } from './reader.js';

const settings = z.record(z.string(), z.unknown());
/** What a model was compiled with. Of no effect: the run sets optimizer, loss and metrics. */
const compiled = z.unknown().optional();
const layerSchema = z.strictObject({
  ...kerasObject,
  class_name: z.string(),
  config: z.union([settings, z.array(z.unknown())], { error: 'must be an object of settings' }),
  name: z.string().optional(),
  compile_config: compiled,
  inbound_nodes: z.array(z.unknown()).optional(),
});

const base = {
  ...commonConfig,
  layers: z.array(z.unknown()).min(1),
  build_input_shape: z.unknown().optional(), // Follows from the layers.
};
const sequentialSchema = z.strictObject({ ...base, name: z.string().default('sequential') });
const functionalSchema = z.strictObject({
  ...base,
  name: z.string().default('functional'),
  input_layers: endsSchema,
  output_layers: endsSchema,
});
const distributedSchema = z.strictObject({
  ...commonConfig,
  batch_input_shape: z.unknown().optional(),
  layer: z.strictObject({
    ...kerasObject,
    class_name: z.string(),
    config: z.unknown(),
    compile_config: compiled,
  }),
});
const documentSchema = z.strictObject({
  ...kerasObject,
  class_name: z.enum(['Sequential', 'Functional', 'Model'], {
    error: 'is no model that can be read: Sequential and Functional ones are',
  }),
  config: z.unknown(),
  keras_version: z.string().optional(),
  backend: z.string().optional(),
  compile_config: compiled,
});

type GivenLayer = z.infer<typeof layerSchema>;

/** What a model's list of layers holds. */
interface Content {
  readonly layers: LayerDefinition[];
  /** Operations by name, of which masks may be made. */
  readonly operations: ReadonlyMap<string, Operation>;
}

class KerasReader {
  constructor(
    private readonly reader: Reader,
    private readonly dialect: Dialect,
  ) {}

  /** A model whose settings lie at `path`; null after its problems were listed. */
  model(type: string, given: unknown, path: Path, depth: number): GraphDefinition | null {
    if (!this.reader.mayEnter(depth, path)) return null;
    if (type === 'Sequential') return this.#sequential(given, path, depth);
    if (!this.#mayEnd(given, path)) return null;
    const data = this.reader.parse(functionalSchema, given, path);
    if (!data) return null;
    const { name, trainable, input_layers: inputs, output_layers: outputs } = data;
    const content = this.#layers(data.layers, [...path, 'layers'], depth);
    const plain = content.layers.map((layer) => this.#withoutShape(layer));
    const layers = withoutMasks(this.reader, content.operations, plain, outputs);
    const graph = { kind: 'Functional', name, trainable, layers, inputs, outputs, path } as const;
    return withoutOwnNodes(graph, this.dialect);
  }

  #mayEnd(given: unknown, path: Path): boolean {
    const ends = isRecord(given) ? given : {};
    return ['input_layers', 'output_layers'].every((key) => this.reader.mayEnd(ends[key], [...path, key]));
  }

  #sequential(given: unknown, path: Path, depth: number): GraphDefinition | null {
    // Early Keras 2 writes the list of layers alone.
    const isList = Array.isArray(given) && this.dialect !== 'keras3';
    const data = this.reader.parse(sequentialSchema, isList ? { layers: given as unknown } : given, path);
    if (!data) return null;
    const { layers, operations } = this.#layers(data.layers, isList ? path : [...path, 'layers'], depth);
    for (const operation of operations.values()) refuseOperation(this.reader, operation);
    const [first] = layers;
    const hasShape = first?.type !== 'InputLayer';
    const kept = layers.map((layer, index) => (index === 0 && hasShape ? layer : this.#withoutShape(layer)));
    return chain({ name: data.name, trainable: data.trainable, layers: kept, path });
  }

  /** Keras 2 writes the shape of a batch into layers where it follows from what is before them. */
  #withoutShape(layer: LayerDefinition): LayerDefinition {
    if (this.dialect === 'keras3' || layer.type === 'InputLayer') return layer;
    const { batch_input_shape, ...config } = layer.config;
    return batch_input_shape === undefined ? layer : { ...layer, config };
  }

  #layers(given: readonly unknown[], path: Path, depth: number): Content {
    const operations = new Map<string, Operation>();
    if (!this.reader.mayAdd(given.length, path)) return { layers: [], operations };
    const layers = given.flatMap((layer, index) => {
      const at = [...path, index];
      const data = this.reader.parse(layerSchema, layer, at);
      if (!data) return [];
      if (!isFunction(data)) return this.#layer(data, index, at, depth) ?? [];
      const operation = this.#operation(data, at);
      if (operation) operations.set(operation.name, operation);
      return [];
    });
    return { layers, operations };
  }

  /** A function on tensors; null where it cannot be part of a mask, which is refused. */
  #operation({ class_name: type, name, config, inbound_nodes: nodes = [] }: GivenLayer, path: Path) {
    const named = name ?? (Array.isArray(config) ? undefined : config['name']);
    if (typeof named !== 'string' || !mayMask(type)) return refuseOperation(this.reader, { type, path });
    return readOperation(this.reader, { name: named, type, nodes, path });
  }

  #layer(data: GivenLayer, index: number, path: Path, depth: number): LayerDefinition | null {
    if (!Array.isArray(data.config) && !this.reader.mayHold(data.config, [...path, 'config'])) return null;
    const { class_name: type, config, inbound_nodes: nodes = [] } = data;
    const other = otherClass(data);
    if (other) return this.reader.refuse(path, other.code, other.message, other.hint);
    const configPath = [...path, 'config'];
    if (Array.isArray(config) && type !== 'Sequential')
      return this.reader.refuse(configPath, 'invalid_type', 'must be an object of settings', 'Write {…}');
    const own = Array.isArray(config) ? {} : config;
    const named = data.name ?? own['name'];
    const distributed = type === 'TimeDistributed' ? this.#distributed(own, configPath, depth) : null;
    return {
      name: typeof named === 'string' ? named : `${type.toLowerCase()}_${index}`,
      ...(distributed ?? {
        type,
        config: toKeras3Config(this.reader, type, own, configPath, this.dialect),
        model: isModelClass(type) ? this.model(type, config, configPath, depth + 1) : null,
      }),
      calls: type === 'InputLayer' ? [{ inputs: [], options: {} }] : this.#calls(nodes, path),
      path,
      configPath,
    };
  }

  /** What a TimeDistributed of a Sequential model is; null for one of a layer. */
  #distributed(
    given: Readonly<Record<string, unknown>>,
    path: Path,
    depth: number,
  ): Pick<LayerDefinition, 'type' | 'config' | 'model'> | null {
    const { layer } = given;
    if (!isRecord(layer) || layer['class_name'] !== 'Sequential') return null;
    const data = this.reader.parse(distributedSchema, given, path);
    const model = this.model('Sequential', layer['config'], [...path, 'layer', 'config'], depth + 1);
    if (!data || !model) return { type: 'Sequential', config: {}, model: null };
    const { trainable, batch_input_shape: shape } = data;
    const config = { trainable, ...(shape === undefined ? {} : { batch_input_shape: shape }) };
    return { type: 'Sequential', config, model: distribute(model) };
  }

  #calls(nodes: readonly unknown[], path: Path): CallDefinition[] {
    const below = [...path, 'inbound_nodes'];
    if (!this.reader.mayCall(nodes.length, below)) return [];
    return nodes.flatMap((node, index) => {
      const read = Array.isArray(node) ? readKeras2Call : readKeras3Call;
      const call = read(this.reader, node, [...below, index]);
      return call && this.reader.mayTake(call.inputs.length, below) ? call : [];
    });
  }
}

/** The definition that a document at `path` describes, or null with its problems listed. */
export function readKeras(
  reader: Reader,
  document: unknown,
  path: Path,
  dialect: Dialect,
): GraphDefinition | null {
  const data = reader.parse(documentSchema, document, path);
  if (!data) return null;
  return new KerasReader(reader, dialect).model(data.class_name, data.config, [...path, 'config'], 1);
}
