import type { ArgumentReference, GraphDefinition, LayerDefinition } from './definition.js';

interface Chain {
  readonly name: string;
  readonly trainable: boolean;
  readonly layers: readonly LayerDefinition[];
  readonly path: readonly PropertyKey[];
}

/** Name of the input that a chain without an InputLayer gets, where no layer has it. */
const INPUT = 'input';

function freeName(layers: readonly LayerDefinition[]): string {
  const taken = new Set(layers.map(({ name }) => name));
  let name = INPUT;
  for (let number = 1; taken.has(name); number++) name = `${INPUT}_${number}`;
  return name;
}

/** The input of a model that has one, whose shape is that of the model. */
const ownInput = ({ model }: LayerDefinition): LayerDefinition | undefined =>
  model?.layers.find(({ name, type }) => type === 'InputLayer' && name === model.inputs[0]?.layer);

const call = (layer: string): ArgumentReference => ({ layer, call: 0, output: 0, name: null });

/**
 * An InputLayer before the first layer: with the input shape that Keras also writes into that one, or with that of the model
 * which it is; an open one without.
 */
function inputOf(
  first: LayerDefinition,
  name: string,
): [input: LayerDefinition, first: LayerDefinition['config']] {
  const { batch_input_shape, batch_shape, ...rest } = first.config;
  const own = ownInput(first);
  const { path, configPath } = own ?? first;
  const ofLayer = Object.entries({ batch_input_shape, batch_shape }).filter(
    ([, shape]) => shape !== undefined,
  );
  const given = [...Object.entries(own?.config ?? {}), ...ofLayer].filter(([key]) => key !== 'name');
  const input: LayerDefinition = {
    name,
    type: 'InputLayer',
    config: Object.fromEntries(given),
    model: null,
    calls: [{ inputs: [], options: {} }],
    path,
    configPath,
  };
  return [input, rest];
}

/** A Sequential model: each layer takes the output of the one before it. */
export function chain({ name, trainable, layers, path }: Chain): GraphDefinition {
  const [first, ...rest] = layers;
  if (!first) return { kind: 'Sequential', name, trainable, layers, inputs: [], outputs: [], path };
  let all: readonly LayerDefinition[] = layers;
  if (first.type !== 'InputLayer') {
    const [input, config] = inputOf(first, freeName(layers));
    all = [input, { ...first, config }, ...rest];
  }
  const connected = all.map((layer, index) => {
    const before = all[index - 1];
    return { ...layer, calls: [{ inputs: before ? [call(before.name)] : [], options: {} }] };
  });
  const [begin, end] = [connected[0]?.name ?? '', connected.at(-1)?.name ?? ''];
  const at = (layer: string) => [{ layer, call: 0, output: 0 }];
  return {
    kind: 'Sequential',
    name,
    trainable,
    layers: connected,
    inputs: at(begin),
    outputs: at(end),
    path,
  };
}
