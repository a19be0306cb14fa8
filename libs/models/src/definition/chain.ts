import type { ArgumentReference, GraphDefinition, LayerDefinition } from './definition.js';

interface Chain {
  readonly name: string;
  readonly trainable: boolean;
  readonly layers: readonly LayerDefinition[];
  readonly path: readonly PropertyKey[];
}

/** Name of the input that a chain without an InputLayer gets. */
const INPUT = 'input';

const call = (layer: string): ArgumentReference => ({ layer, call: 0, output: 0, name: null });

/** The input shape that Keras also writes into the first layer, as an InputLayer before it; an open one without. */
function inputOf({
  config,
  path,
  configPath,
}: LayerDefinition): [input: LayerDefinition, first: LayerDefinition['config']] {
  const { batch_input_shape, batch_shape, ...rest } = config;
  const given = Object.entries({ batch_input_shape, batch_shape }).filter(([, shape]) => shape !== undefined);
  const input: LayerDefinition = {
    name: INPUT,
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
    const [input, config] = inputOf(first);
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
