// Single layers that are in the wrong place, or very large.

import { countValues, producerOf, type GraphNode, type ModelGraph } from '../graph/graph.js';
import { MOVING } from '../graph/outputActivation.js';
import { sizeOf } from '../layers/layer.js';
import type { Finding } from './finding.js';
import { definitionOf, placeOf } from './place.js';

const DROPPING = new Set([
  'AlphaDropout',
  'Dropout',
  'GaussianDropout',
  'SpatialDropout1D',
  'SpatialDropout2D',
  'SpatialDropout3D',
]);
/** Layers that may stand between dropout and an output without mixing what was dropped. */
const POINTWISE = new Set([...MOVING, 'Activation', 'Softmax', 'ReLU', 'LeakyReLU', 'ELU', 'Rescaling']);

/** Dropout after the last layer with weights. */
export function dropoutAtOutput(graph: ModelGraph): Finding[] {
  const found = new Set<GraphNode>();
  for (const { value } of graph.outputs) {
    let node = producerOf(graph, value);
    while (node && (POINTWISE.has(node.layer.type) || DROPPING.has(node.layer.type))) {
      const rate = definitionOf(graph, node.layer.name)?.config['rate'];
      if (DROPPING.has(node.layer.type) && node.training && rate !== 0) found.add(node);
      node = producerOf(graph, node.inputs[0] ?? -1);
    }
  }
  return [...found].map(({ layer: { name } }) => ({
    severity: 'warning',
    pointer: placeOf(graph, name),
    code: 'dropoutAtOutput',
    message: `the layer "${name}" drops outputs of the model`,
    why: 'predictions are zeroed at random in training, which no weight can make up for',
    hint: 'Move it before the last layer with weights, or take it out',
  }));
}

/** Batch normalization over one sample. */
export function normalizationOfOne(graph: ModelGraph, batchSize: number): Finding[] {
  const { nodes, values } = graph;
  if (batchSize !== 1) return [];
  const calls = nodes.filter(
    ({ layer, training }) => layer.type === 'BatchNormalization' && layer.trainable && training,
  );
  return calls.map(({ layer: { name }, inputs: [input = -1] }) => {
    const positions = sizeOf((values[input] ?? []).slice(0, -1));
    const message = `the layer "${name}" normalizes over a batch of 1`;
    const hint = 'Use a larger batch, or LayerNormalization or GroupNormalization';
    const said = { pointer: placeOf(graph, name), code: 'normalizationOfOne', message, hint };
    const alone = 'the mean of one value is the value: the output is the same for every input';
    return positions === 1
      ? { ...said, severity: 'error', why: alone }
      : { ...said, severity: 'warning', why: 'its statistics are those of one sample, unlike in evaluation' };
  });
}

/** Embeddings of what are no indexes. */
export function embeddingInputs(graph: ModelGraph): Finding[] {
  return graph.nodes.flatMap(({ layer, inputs: [input = -1] }): Finding[] => {
    if (layer.type !== 'Embedding') return [];
    let value = input;
    let node = producerOf(graph, value);
    while (node && MOVING.has(node.layer.type)) {
      value = node.inputs[0] ?? -1;
      node = producerOf(graph, value);
    }
    const source = graph.inputs.find((one) => one.value === value);
    if (source?.type === 'int32') return [];
    const said = {
      severity: 'warning' as const,
      pointer: placeOf(graph, layer.name),
      code: 'embeddingInput',
      why: 'numbers are cut to whole ones, which are taken for indexes, and no gradient comes before it',
    };
    return source
      ? [
          {
            ...said,
            message: `the layer "${layer.name}" takes indexes, the input "${source.name}" is float32`,
            hint: 'Set the dtype of the InputLayer to "int32"',
          },
        ]
      : [
          {
            ...said,
            message: `the layer "${layer.name}" takes indexes, it is given what "${node?.layer.name ?? ''}" computes`,
            hint: 'Connect it to an input of integers, or use Dense for numbers',
          },
        ];
  });
}

/** A kernel after Flatten is named from this many values on, if it is half of the model. */
export const LARGE_KERNEL = 5_000_000;
const MIB = 2 ** 20;

/** Dense layers that take a whole image or sequence. */
export function largeDense(graph: ModelGraph): Finding[] {
  const total = countValues(graph.layers.flatMap(({ weights }) => weights));
  const seen = new Set<string>();
  return graph.nodes.flatMap(({ layer, inputs: [input = -1] }): Finding[] => {
    const kernel = layer.weights.find(({ name }) => name === 'kernel');
    const size = kernel ? sizeOf(kernel.shape) : 0;
    if (layer.type !== 'Dense' || size < LARGE_KERNEL || size < total / 2 || seen.has(layer.name)) return [];
    seen.add(layer.name);
    let node = producerOf(graph, input);
    while (node && MOVING.has(node.layer.type) && node.layer.type !== 'Flatten')
      node = producerOf(graph, node.inputs[0] ?? -1);
    const shape = graph.values[node?.inputs[0] ?? -1] ?? [];
    if (node?.layer.type !== 'Flatten' || shape.length < 2) return [];
    const pooled = size / sizeOf(shape.slice(0, -1));
    const show = (count: number): string => count.toLocaleString('en');
    return [
      {
        severity: 'warning',
        pointer: placeOf(graph, layer.name),
        code: 'largeDense',
        message: `the kernel of "${layer.name}" after "${node.layer.name}" has ${show(size)} of the model's ${show(total)} parameters`,
        why: `${Math.round((4 * size) / MIB)} MiB, again for its gradient and for each slot of the optimizer, and it overfits easily`,
        hint: `With global average pooling in place of "${node.layer.name}" it would have ${show(pooled)}`,
      },
    ];
  });
}
