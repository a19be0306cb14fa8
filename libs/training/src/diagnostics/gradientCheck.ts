// Whether backpropagation computes the gradient of the loss: each trained tensor's gradient against differences of the loss.

import { GradstreamError } from '@gradstream/contracts';
import { splitmix64, streamKey } from '@gradstream/datasets';
import type { Tensor, Tensor1D } from '@gradstream/engine';
import { estimatedLayers } from '@gradstream/models';
import { checkBatch } from '../fit/checkData.js';
import type { Samples } from '../fit/data.js';
import type { Training } from '../fit/training.js';
import { layoutOf, splitInputs, upload, type InputLayout } from '../fit/upload.js';
import { stepSeed } from '../network/seeds.js';
import { Comparison, LIMITS, skipped, type CheckedTensor } from './comparison.js';
import { movedLoss, type Arithmetic, type MovedLoss } from './movedLoss.js';
import { trainingLoss } from './trainingLoss.js';

export interface GradientCheckOptions {
  /** Elements of each tensor at most, 20 by default: all of a smaller tensor, else a choice by the seed. */
  readonly elementsPerTensor?: number;
  /** Of the choice of elements and, as that of the first step, of dropout; by default the training's. */
  readonly seed?: number;
}

export interface GradientCheck {
  /** What differences were computed in; float32 where the model has an op that TensorFlow has in float32 only. */
  readonly arithmetic: Arithmetic;
  /** Which op, and of which layer; null in float64. */
  readonly reason: string | null;
  /** The largest relative error that agrees. */
  readonly tolerance: number;
  readonly agrees: boolean;
  readonly tensors: readonly CheckedTensor[];
  readonly explanation: string;
}

/** Streams of seeds beside those of data and network. */
const CHOICE_STREAM = 4;
/** Places of the elements to check: all, or so many distinct ones that are a function of seed and tensor. */
export function chosenElements(size: number, count: number, seed: number, tensor: number): number[] {
  if (size <= count) return Array.from({ length: size }, (_, element) => element);
  const key = splitmix64(streamKey(seed, CHOICE_STREAM), BigInt(tensor) + 1n);
  const chosen = new Set<number>();
  for (let draw = 1n; chosen.size < count; draw++) chosen.add(Number(splitmix64(key, draw) % BigInt(size)));
  return [...chosen].sort((a, b) => a - b);
}

/** Gradients of the trained weights in float32, as training computes them: captured, and with its segments. */
function gradientsOf(training: Training, layout: InputLayout, tensors: readonly Tensor[]): Float32Array[] {
  const { gs, network, segments } = training;
  const { tf } = gs;
  const variables = network.trainable.map(({ variable }) => variable);
  const step = gs.capture((...given) => {
    const batch = splitInputs(given, layout);
    const [seed] = batch.rest as [Tensor1D];
    const { grads } = tf.variableGrads(() => trainingLoss(training, batch, { seed, segments }), variables);
    return variables.map((variable) => grads[variable.name] ?? tf.zerosLike(variable));
  });
  try {
    const gradients = step.run(...tensors);
    const values = gradients.map((gradient) => gradient.dataSync() as Float32Array);
    tf.dispose(gradients);
    return values;
  } finally {
    step.dispose();
  }
}

/** What is said of tensors that were left out; nothing when there are none. */
function leftOut(tensors: readonly CheckedTensor[]): string {
  const left = tensors.filter(({ verdict }) => verdict === 'skipped');
  if (left.length === 0) return '';
  const causes = [...new Set(left.map(({ straightThrough }) => `"${straightThrough ?? ''}"`))].join(', ');
  const names = left.map(({ tensor }) => tensor).join(', ');
  return ` The gradient of ${causes} is straight-through, on purpose not the derivative, so that these were left out: ${names}.`;
}

function explain(tensors: readonly CheckedTensor[]): string {
  const wrong = tensors.filter(({ verdict }) => verdict === 'differs');
  const checked = tensors.reduce((sum, tensor) => sum + tensor.checked, 0);
  const left = leftOut(tensors);
  if (wrong.length === 0)
    return checked === 0 && left !== ''
      ? `Nothing was compared.${left}`
      : `Backpropagation agrees with differences of the loss at all ${checked} elements that have a gradient to compare with.${left}`;
  const named = wrong.map(({ tensor, worst }) => {
    const { index = [], analytic = Number.NaN, numeric = Number.NaN } = worst ?? {};
    return `${tensor}[${index.join(', ')}] has ${analytic.toPrecision(4)} in the place of ${numeric.toPrecision(4)}`;
  });
  return `Backpropagation does not compute the gradient of the loss: ${named.join('; ')}. Look at the last layer among these, in the order of the model, and at those that its output goes to.${left}`;
}

/**
 * Checks the gradient of the training loss on a batch, with regularizers, masks and sample weights, and with dropout by a
 * fixed seed: float32 backpropagation against central differences in float64 (where TensorFlow has no float64 of one of
 * the model's ops, in float32, with a wider tolerance). Four losses are computed an element. Weights stay as they are.
 * Tensors whose gradient comes through a straight-through layer are skipped: no differences can agree with it.
 * Throws VALIDATION_FAILED for options that make no sense, and for samples that do not fit.
 */
export async function checkGradients(
  training: Training,
  samples: Samples,
  { elementsPerTensor = 20, seed = training.settings.seed }: GradientCheckOptions = {},
): Promise<GradientCheck> {
  if (!(Number.isInteger(elementsPerTensor) && elementsPerTensor > 0)) {
    const detail = `elementsPerTensor is ${elementsPerTensor}: give a whole number from 1.`;
    throw new GradstreamError('VALIDATION_FAILED', detail);
  }
  checkBatch(training, samples);
  const { gs, graph, network } = training;
  const layout = layoutOf(samples);
  const inputs = [...upload(gs, graph, samples), gs.tf.tensor1d([...stepSeed(seed, 0)], 'int32')];
  let loss: MovedLoss | null = null;
  try {
    const gradients = gradientsOf(training, layout, inputs);
    loss = movedLoss(training, layout, inputs);
    const comparison = new Comparison(loss, await loss.at(0, 0), gradients);
    const estimated = estimatedLayers(graph);
    const tensors: CheckedTensor[] = [];
    let offset = 0;
    for (const [at, weight] of network.trainable.entries()) {
      const { size } = weight.variable;
      const elements = chosenElements(size, elementsPerTensor, seed, at);
      const estimate = estimated.get(weight.layer);
      tensors.push(
        estimate === undefined
          ? await comparison.tensor(weight, at, offset, elements)
          : skipped(weight, estimate),
      );
      offset += size;
    }
    const { arithmetic, reason } = loss;
    return {
      arithmetic,
      reason,
      tolerance: LIMITS[arithmetic].tolerance,
      agrees: tensors.every(({ verdict }) => verdict !== 'differs'),
      tensors,
      explanation: explain(tensors),
    };
  } finally {
    loss?.dispose();
    gs.tf.dispose(inputs);
  }
}
