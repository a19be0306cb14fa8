// What training reads: samples by position, on the host.

import { GradstreamError } from '@gradstream/contracts';
import { permutation, streamKey } from '@gradstream/datasets';
import { sizeOf } from '@gradstream/models';

/** Values of samples, [samples, ...shape], row by row. */
export interface HostArray {
  readonly values: Float32Array | Int32Array;
  /** Of one sample. */
  readonly shape: readonly number[];
}

/** Arrays in the order of the model's inputs and outputs. */
export interface ArrayList {
  readonly inputs: readonly HostArray[];
  readonly targets: readonly HostArray[];
  /** Of each output: a factor a sample, or a position of a sample; null where all count alike. */
  readonly weights: readonly (HostArray | null)[];
}

export interface Samples extends ArrayList {
  readonly count: number;
}

/** A dataset whose samples are had by their positions. */
export interface TrainingData {
  readonly count: number;
  readonly take: (positions: Uint32Array) => Samples;
  /** All samples, where they are in memory. */
  readonly arrays?: ArrayList;
}

/** The samples of an array at some positions. */
function takeRows({ values, shape }: HostArray, positions: Uint32Array): HostArray {
  const width = sizeOf(shape);
  const taken =
    values instanceof Int32Array
      ? new Int32Array(positions.length * width)
      : new Float32Array(positions.length * width);
  if (width === 1) {
    for (let at = 0; at < positions.length; at++) taken[at] = values[positions[at] ?? 0] ?? 0;
    return { values: taken, shape };
  }
  for (let at = 0; at < positions.length; at++) {
    const from = (positions[at] ?? 0) * width;
    taken.set(values.subarray(from, from + width), at * width);
  }
  return { values: taken, shape };
}

export interface ArrayData {
  readonly inputs: HostArray | readonly HostArray[];
  readonly targets?: HostArray | readonly HostArray[];
  readonly weights?: HostArray | readonly (HostArray | null)[];
}

const listOf = <T extends object | null>(given: T | readonly T[] | undefined): readonly T[] =>
  given === undefined ? [] : Array.isArray(given) ? (given as readonly T[]) : [given as T];

/** Whether what a script gave is one; its types are not checked before. */
const isHostArray = ({ values, shape }: Partial<HostArray>): boolean =>
  (values instanceof Float32Array || values instanceof Int32Array) && Array.isArray(shape);

/** Arrays in memory as a dataset. Throws VALIDATION_FAILED when they are not of the same number of samples. */
export function arrayData(given: ArrayData): TrainingData {
  const inputs = listOf(given.inputs);
  const targets = listOf(given.targets);
  const weights = listOf<HostArray | null>(given.weights);
  const arrays = [...inputs, ...targets, ...weights.filter((one) => one !== null)];
  if (!arrays.every(isHostArray)) {
    const detail =
      'Data is given as {values, shape}, or a list of them: values as a Float32Array or an Int32Array of all samples, row by row, and the shape of one sample, such as [28, 28, 1].';
    throw new GradstreamError('VALIDATION_FAILED', detail);
  }
  const counts = arrays.map(({ values, shape }) => values.length / sizeOf(shape));
  const [count = 0] = counts;
  if (!counts.every((other) => other === count && Number.isInteger(other))) {
    const detail = `The arrays have ${counts.join(', ')} samples by their shapes: give each the same number.`;
    throw new GradstreamError('VALIDATION_FAILED', detail);
  }
  return {
    count,
    arrays: { inputs, targets, weights },
    take: (positions) => ({
      count: positions.length,
      inputs: inputs.map((array) => takeRows(array, positions)),
      targets: targets.map((array) => takeRows(array, positions)),
      weights: weights.map((array) => array && takeRows(array, positions)),
    }),
  };
}

/** Epochs use the streams from here on. */
const EPOCH_STREAM = 1000;

/** The order in which an epoch, from 0, takes the samples: a function of (seed, epoch). */
export function epochOrder(
  count: number,
  epoch: number,
  { seed, shuffle }: { seed: number; shuffle: boolean },
): Uint32Array {
  if (shuffle) return permutation(count, streamKey(seed, EPOCH_STREAM + epoch));
  return Uint32Array.from({ length: count }, (_, index) => index);
}
