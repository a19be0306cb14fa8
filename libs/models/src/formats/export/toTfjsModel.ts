// A model with its weights as TensorFlow.js's loadLayersModel takes it: the topology, and what lies where in one file of
// weights, which is the data of a safetensors file as it is.

import { toPointer, type ProblemItem } from '@gradstream/contracts';
import type { Layer, ModelGraph } from '../../graph/graph.js';
import { isRecord } from '../../objects/forms.js';
import type { TensorInfo } from '../../safetensors/dtypes.js';
import { toTfjs } from './toTfjs.js';

/** The name of the file of weights, beside model.json. */
const WEIGHTS_FILE = 'weights.bin';

export type TfjsModel =
  | { readonly ok: true; readonly modelJson: object; readonly weightsFile: string }
  | { readonly ok: false; readonly problems: ProblemItem[] };

const problem = (message: string): ProblemItem => ({
  pointer: toPointer([]),
  code: 'notInTfjs',
  message,
  hint: 'Download the weights as safetensors',
});

/** TensorFlow.js names a weight by the scope it was built in: that of its own layer, not of the models around it. */
const scopeOf = ({ name }: Layer): string => name.split('/').at(-1) ?? name;

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

/** The layers of a topology, also those of nested models. */
function* layersOf(model: unknown): Generator<Readonly<Record<string, unknown>>> {
  const config = isRecord(model) ? model['config'] : null;
  const layers = isRecord(config) ? config['layers'] : null;
  if (!isList(layers)) return;
  for (const layer of layers) {
    if (isRecord(layer)) yield layer;
    yield* layersOf(layer);
  }
}

/** The names of the layers that Bidirectional layers hold, by the names of these; unnamed ones get one. */
function heldNames(topology: unknown): Map<string, string> {
  const names = new Map<string, string>();
  for (const { class_name: type, config } of layersOf(topology)) {
    const held = type === 'Bidirectional' && isRecord(config) ? config['layer'] : null;
    const inner = isRecord(held) ? held['config'] : null;
    if (!isRecord(config) || !isRecord(inner)) continue;
    const name = typeof inner['name'] === 'string' ? inner['name'] : 'held';
    Object.assign(inner, { name });
    names.set(String(config['name']), name);
  }
  return names;
}

/** The name that TensorFlow.js has for a weight; null where that is not known. */
function nameOf(layer: Layer, weight: string, held: ReadonlyMap<string, string>): string | null {
  const scope = scopeOf(layer);
  const [direction, own, ...more] = weight.split('/');
  if (own === undefined) return `${scope}/${weight}`;
  const inner = held.get(scope);
  if (layer.type === 'TimeDistributed' && more.length === 0) return `${scope}/${own}`;
  if (layer.type !== 'Bidirectional' || inner === undefined || more.length > 0) return null;
  return `${scope}/${direction ?? ''}_${inner}/${own}`;
}

/** The model whose weights lie one after another in the order of `tensors`; or what of it TensorFlow.js does not have. */
export function toTfjsModel(graph: ModelGraph, tensors: readonly TensorInfo[]): TfjsModel {
  const exported = toTfjs(graph);
  if (!exported.ok) return exported;
  const topology = structuredClone(exported.topology); // What the export gives is not ours to change.
  const held = heldNames(topology);
  const names = new Map<string, string>();
  for (const layer of graph.layers)
    for (const { name } of layer.weights) {
      const known = nameOf(layer, name, held);
      if (known === null)
        return { ok: false, problems: [problem(`${layer.name} holds weights within a layer of a layer`)] };
      names.set(`${layer.name}/${name}`, known);
    }
  const twice = [...names.values()].filter((name, at, all) => all.indexOf(name) !== at);
  if (twice.length > 0) {
    const message = `two weights would be named ${twice[0] ?? ''}: TensorFlow.js leaves out the names of nested models`;
    return { ok: false, problems: [problem(message)] };
  }
  const other = tensors.find(({ name, dtype }) => !names.has(name) || dtype !== 'F32');
  if (other)
    return { ok: false, problems: [problem(`the tensor ${other.name} is no float32 weight of the model`)] };
  const weights = tensors.map(({ name, shape }) => ({ name: names.get(name), shape, dtype: 'float32' }));
  return {
    ok: true,
    weightsFile: WEIGHTS_FILE,
    modelJson: {
      format: 'layers-model',
      generatedBy: 'Gradstream',
      convertedBy: null,
      modelTopology: topology,
      weightsManifest: [{ paths: [WEIGHTS_FILE], weights }],
    },
  };
}
