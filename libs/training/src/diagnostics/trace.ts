// One step of backpropagation taken apart: every value, derivative, delta and update of a small network, for people who
// want to see how a gradient comes about.

import { GradstreamError } from '@gradstream/contracts';
import type { Tensor, Tensor1D, Variable } from '@gradstream/engine';
import { activate, type Activation } from '@gradstream/models';
import { clipGradients } from '../clipping/clip.js';
import { checkBatch } from '../fit/checkData.js';
import type { Samples } from '../fit/data.js';
import type { Training } from '../fit/training.js';
import { layoutOf, splitInputs, upload } from '../fit/upload.js';
import type { ForwardOptions } from '../network/network.js';
import { stepSeed } from '../network/seeds.js';
import { trainingLoss } from './trainingLoss.js';

/** A tensor as JSON: [batch, ...] for values and deltas. */
export interface TracedValues {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

export interface TracedWeight {
  readonly name: string;
  readonly value: TracedValues;
  /** ∂loss/∂weight, before clipping. */
  readonly gradient: TracedValues;
  /** The weight after the optimizer's update. */
  readonly updated: TracedValues;
}

/** A call of a layer, in forward order. */
export interface TracedCall {
  readonly layer: string;
  readonly type: string;
  readonly activation: Activation | null;
  /** What goes into the activation that ends the layer, z; null for layers without one. */
  readonly preActivation: TracedValues | null;
  /** ∂a/∂z of each element; null where an activation mixes elements, as softmax does. */
  readonly derivative: TracedValues | null;
  /** ∂loss/∂z. */
  readonly preActivationDelta: TracedValues | null;
  readonly output: TracedValues;
  /** ∂loss/∂output; null where the loss takes over the activation, and so has no gradient by it. */
  readonly outputDelta: TracedValues | null;
  readonly weights: readonly TracedWeight[];
}

export interface BackpropagationTrace {
  readonly loss: number;
  readonly learningRate: number;
  readonly inputs: readonly TracedValues[];
  readonly calls: readonly TracedCall[];
}

/** Numbers of a trace; more are no reading. */
const MOST_VALUES = 100_000;
/** Activations whose every element depends on one element alone. */
const MIXING = new Set<Activation>(['softmax', 'log_softmax', 'glu', 'sparsemax']);

/** Refuses networks that are too large to be looked at. */
function checkSize({ graph, network }: Training, batch: number): void {
  const sizes = graph.values.map((shape) => shape.reduce((product, length) => product * length, batch));
  const weights = network.weights.reduce((sum, { variable }) => sum + 3 * variable.size, 0);
  const total = 2 * sizes.reduce((sum, size) => sum + size, weights);
  if (total <= MOST_VALUES) return;
  const detail = `The trace would have ${total} numbers, the limit is ${MOST_VALUES}: give it a smaller network or batch.`;
  throw new GradstreamError('VALIDATION_FAILED', detail);
}

const read = (tensor: Tensor): TracedValues => ({
  shape: tensor.shape,
  values: Array.from(tensor.dataSync()),
});

/**
 * Takes one training step on a batch apart. Weights and optimizer are afterwards as they were. Throws VALIDATION_FAILED for
 * samples that do not fit, and for what is too large to look at.
 */
export function traceBackpropagation(training: Training, samples: Samples): BackpropagationTrace {
  checkSize(training, samples.count);
  checkBatch(training, samples);
  const { gs } = training;
  // tfjs's tidy would look for tensors in the result.
  gs.tf.engine().startScope('trace');
  const taps = makeTaps(training, samples.count);
  let recorded: Recorded | null = null;
  try {
    recorded = record(training, samples, taps);
    return describe(training, taps, recorded);
  } finally {
    const kept = [...(recorded?.values.values() ?? []), ...(recorded?.preActivations.values() ?? [])];
    gs.tf.dispose([...Object.values(taps.after), ...Object.values(taps.before), ...kept]);
    gs.tf.engine().endScope();
  }
}

function describe(training: Training, taps: Taps, recorded: Recorded): BackpropagationTrace {
  const { gs, graph, network, settings } = training;
  const { learningRate } = settings.optimizer;
  const updated = updateOf(training, recorded.gradients, learningRate);
  const calls = graph.nodes.map((node, index): TracedCall => {
    const { finalActivation = null } = node.plan;
    const z = recorded.preActivations.get(index) ?? null;
    const activation = z && finalActivation;
    const [value = -1] = node.outputs;
    const fused = training.outputs.some(({ without }) => without === node);
    const raw = recorded.values.get(value) ?? gs.tf.scalar(0);
    const output = fused && activation ? activate(gs, activation, raw) : raw;
    return {
      layer: node.layer.name,
      type: node.layer.type,
      activation,
      preActivation: z && read(z),
      derivative: z && activation && !MIXING.has(activation) ? read(slope(training, activation, z)) : null,
      preActivationDelta: z && read(recorded.deltaOf(taps.before[index])),
      output: read(output),
      outputDelta: fused ? null : read(recorded.deltaOf(taps.after[value])),
      weights: network.trainable.flatMap(({ name, layer, variable }, at) => {
        const [gradient, after] = [recorded.gradients[at], updated[at]];
        if (layer !== node.layer || !gradient || !after) return [];
        return [{ name, value: read(variable), gradient: read(gradient), updated: after }];
      }),
    };
  });
  return { loss: recorded.loss, learningRate, inputs: recorded.inputs, calls };
}

/** Zeros that are added to values: the gradient by one is the delta of its value. */
interface Taps {
  readonly after: Readonly<Record<number, Variable>>;
  readonly before: Readonly<Record<number, Variable>>;
}

function makeTaps({ gs, graph }: Training, batch: number): Taps {
  const zeros = (shape: readonly number[]): Variable => gs.variable(gs.tf.zeros([batch, ...shape]));
  const shapeOf = (value: number): readonly number[] => graph.values[value] ?? [];
  const after = graph.nodes.flatMap(({ outputs }) =>
    outputs.map((value) => [value, zeros(shapeOf(value))] as const),
  );
  const before = graph.nodes.flatMap(({ plan, outputs: [value = -1] }, index) => {
    const { finalActivation } = plan;
    // Of glu, which halves its input, the shape before it is not that of the output.
    return finalActivation === undefined || finalActivation === 'glu'
      ? []
      : [[index, zeros(shapeOf(value))] as const];
  });
  return { after: Object.fromEntries(after), before: Object.fromEntries(before) };
}

function slope({ gs }: Training, activation: Activation, z: Tensor): Tensor {
  return gs.tf.grad((x: Tensor) => activate(gs, activation, x.clone()))(z);
}

/** Tensors, of which those by key outlive their scope. */
interface Recorded {
  readonly loss: number;
  readonly inputs: readonly TracedValues[];
  /** By value of the graph. */
  readonly values: ReadonlyMap<number, Tensor>;
  /** By call. */
  readonly preActivations: ReadonlyMap<number, Tensor>;
  /** Of the trained weights, in order. */
  readonly gradients: readonly Tensor[];
  readonly deltaOf: (tap: Variable | undefined) => Tensor;
}

/** The forward and backward pass with all that is seen on the way. */
function record(training: Training, samples: Samples, taps: Taps): Recorded {
  const { gs, network, settings, graph } = training;
  const { tf } = gs;
  const tensors = upload(gs, graph, samples);
  const batch = splitInputs(tensors, layoutOf(samples));
  const seed: Tensor1D = tf.tensor1d([...stepSeed(settings.seed, 0)], 'int32');
  const values = new Map<number, Tensor>();
  const preActivations = new Map<number, Tensor>();
  const tapped = (seen: Map<number, Tensor>, by: Taps['after'], key: number, tensor: Tensor): Tensor => {
    seen.set(key, tf.keep(tensor.clone()));
    const tap = by[key];
    return tap ? tensor.add(tap) : tensor;
  };
  const variables = network.trainable.map(({ variable }) => variable);
  const all = [...variables, ...Object.values(taps.after), ...Object.values(taps.before)];
  const options: ForwardOptions = {
    seed,
    onValue: (key, tensor) => tapped(values, taps.after, key, tensor),
    onPreActivation: (key, tensor) => tapped(preActivations, taps.before, key, tensor),
  };
  const { value, grads } = tf.variableGrads(() => trainingLoss(training, batch, options), all);
  const deltaOf = (variable: Variable | undefined): Tensor =>
    (variable && grads[variable.name]) ?? tf.zeros(variable?.shape ?? [1]);
  return {
    loss: value.dataSync()[0] ?? Number.NaN,
    inputs: batch.inputs.map(read),
    values,
    preActivations,
    gradients: variables.map(deltaOf),
    deltaOf,
  };
}

/** The weights after an update, which is taken back. */
function updateOf(
  { gs, network, optimizer, settings }: Training,
  gradients: readonly Tensor[],
  learningRate: number,
): TracedValues[] {
  const { tf } = gs;
  const trained = network.trainable;
  const changed = [
    ...trained.map(({ variable }) => variable),
    ...optimizer.slots.map(({ variable }) => variable),
  ];
  const before = changed.map((variable) => variable.clone());
  const clipped = settings.clip ? clipGradients(gs, settings.clip, trained, gradients) : gradients;
  optimizer.apply(clipped, tf.scalar(learningRate));
  const after = trained.map(({ variable }) => read(variable));
  changed.forEach((variable, index) => {
    variable.assign(before[index] ?? variable);
  });
  return after;
}
