// How much memory a training step takes, from the graph alone. Scratch memory within kernels, targets, and TensorFlow
// itself are not part of it.

import { countValues, type ModelGraph } from '../graph/graph.js';
import { sizeOf } from '../layers/layer.js';
import type { Segment } from './segments.js';
import { FLOAT32, HALF, StepMemory } from './stepMemory.js';

export interface MemorySettings {
  readonly batchSize: number;
  /** Of what calls compute. Weights, their gradients, inputs and outputs of the model are float32 in any case. */
  readonly precision: 'float32' | 'bfloat16' | 'float16';
  /** Tensors that the optimizer keeps for each trainable weight, of its size: 0 for plain SGD, 1 with momentum, 2 for Adam. */
  readonly slotsPerWeight: number;
  /** Calls that are computed again for the backward pass; none when absent. */
  readonly segments?: readonly Segment[];
}

/** Bytes. */
export interface MemoryEstimate {
  readonly weights: number;
  readonly slots: number;
  /** A batch of the model's inputs. */
  readonly inputs: number;
  /** What is left of the forward pass when the backward pass begins. */
  readonly activations: number;
  /** Gradients of all weights, which are alive together at the end of the backward pass. */
  readonly gradients: number;
  /** The most that a step makes and holds at a time: activations, gradients, and weights in half precision. */
  readonly step: number;
  /** Weights, slots, inputs and the step. */
  readonly total: number;
}

export function estimateMemory(graph: ModelGraph, settings: MemorySettings): MemoryEstimate {
  const { batchSize, precision, slotsPerWeight, segments = [] } = settings;
  const all = graph.layers.flatMap((layer) => layer.weights);
  const trainable = countValues(all.filter((weight) => weight.trainable));
  const weights = FLOAT32 * countValues(all);
  const slots = FLOAT32 * slotsPerWeight * trainable;
  const inputs = graph.inputs.reduce((sum, { shape }) => sum + FLOAT32 * batchSize * sizeOf(shape), 0);
  const step = new StepMemory(graph, batchSize, precision === 'float32' ? FLOAT32 : HALF, segments);
  const { activations, peak } = step.run();
  return {
    weights,
    slots,
    inputs,
    activations,
    gradients: FLOAT32 * trainable,
    step: peak,
    total: weights + slots + inputs + peak,
  };
}
