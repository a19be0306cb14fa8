// The masks of Embedding(mask_zero=True) and Masking, which Keras 3 writes into a Functional model as operations and passes at
// calls. The graph makes and passes masks by itself, so they are taken out; what operations are used for besides is refused.

import type {
  ArgumentReference,
  CallDefinition,
  LayerDefinition,
  TensorReference,
} from '../definition/definition.js';
import { refuseOperation, type Operation } from './maskOperations.js';
import type { Reader } from './reader.js';

/** Operations of which the shape of their argument is all that counts. */
const CONSTANTS = new Set(['OnesLike', 'ZerosLike']);

/** Parameters of Keras's `call` for masks of steps. */
const PARAMETERS = new Set(['mask', 'query_mask', 'value_mask', 'key_mask']);

const keyOf = ({ layer, call, output }: TensorReference): string => `${layer}:${call}:${output}`;

/** Values that stand for padding in a layer's input; null for layers that make no mask. */
function paddingOf({ type, config }: LayerDefinition): unknown {
  if (type === 'Embedding') return config['mask_zero'] === true ? 0 : null;
  return type === 'Masking' ? (config['mask_value'] ?? 0) : null;
}

/** Inputs of layers that make masks, with the value that stands for padding. */
function maskedInputs(layers: readonly LayerDefinition[]): Set<string> {
  const found = new Set<string>();
  for (const layer of layers) {
    const padding = paddingOf(layer);
    if (typeof padding !== 'number') continue;
    for (const { inputs } of layer.calls) for (const input of inputs) found.add(`${keyOf(input)} ${padding}`);
  }
  return found;
}

type Sources = ReadonlyMap<string, TensorReference>;

class WrittenMasks {
  readonly #masked: ReadonlySet<string>;
  readonly #known = new Map<string, Sources | null>();

  constructor(
    private readonly operations: ReadonlyMap<string, Operation>,
    layers: readonly LayerDefinition[],
  ) {
    this.#masked = maskedInputs(layers);
  }

  /** The tensors whose padding a mask tells, all of them inputs of layers that make masks; null if it is another mask. */
  of(reference: TensorReference): Sources | null {
    const key = keyOf(reference);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    this.#known.set(key, null); // Should the operations form a cycle.
    const found = this.#find(reference);
    this.#known.set(key, found);
    return found;
  }

  #find({ layer, call }: TensorReference): Sources | null {
    const operation = this.operations.get(layer);
    const made = operation?.calls[call];
    if (!operation || !made) return null;
    if (CONSTANTS.has(operation.type)) return new Map();
    if (operation.type === 'NotEqual') {
      const [input] = made.tensors;
      const isPadding = input && this.#masked.has(`${keyOf(input)} ${made.numbers[0] ?? ''}`);
      return isPadding && made.tensors.length === 1 ? new Map([[keyOf(input), input]]) : null;
    }
    const all = new Map<string, TensorReference>();
    for (const tensor of made.tensors) {
      const sources = this.of(tensor);
      if (!sources) return null;
      for (const [key, source] of sources) all.set(key, source);
    }
    return all;
  }
}

/** The layers without masks that operations compute; lists those operations that are something else. */
export function withoutMasks(
  reader: Reader,
  operations: ReadonlyMap<string, Operation>,
  layers: readonly LayerDefinition[],
  outputs: readonly TensorReference[],
): LayerDefinition[] {
  if (operations.size === 0) return [...layers];
  const sources = new WrittenMasks(operations, layers);
  const refused = new Set<string>();
  const refuse = ({ layer }: TensorReference): void => {
    const operation = operations.get(layer);
    if (!operation || refused.has(layer)) return;
    refused.add(layer);
    refuseOperation(reader, operation);
  };
  const masksOf = (layer: LayerDefinition, passed: readonly ArgumentReference[]): TensorReference[] => {
    const all = new Map<string, TensorReference>();
    for (const mask of passed) {
      const found = sources.of(mask);
      if (!found || found.size === 0) {
        const message = `layer "${layer.name}" is given a mask that no layer makes`;
        const hint =
          'Masks come from Masking and from Embedding with mask_zero, and pass on by themselves: use one of these';
        reader.refuse(layer.path, 'mask', message, hint);
      }
      for (const [key, source] of found ?? []) all.set(key, source);
    }
    return [...all.values()];
  };
  const isMask = ({ name, layer }: ArgumentReference): boolean =>
    name !== null && PARAMETERS.has(name) && operations.has(layer);
  const kept = layers.map((layer): LayerDefinition => {
    const calls = layer.calls.map((call): CallDefinition => {
      const inputs = call.inputs.filter((input) => !isMask(input));
      inputs.forEach(refuse);
      if (inputs.length === call.inputs.length) return call;
      return { ...call, inputs, masks: masksOf(layer, call.inputs.filter(isMask)) };
    });
    return { ...layer, calls };
  });
  outputs.forEach(refuse);
  return kept;
}
