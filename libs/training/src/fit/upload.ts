import type { Engine, Tensor } from '@gradstream/engine';
import type { DataType, ModelGraph } from '@gradstream/models';
import type { ArrayList, HostArray, Samples } from './data.js';

/** Where inputs, targets and weights lie among tensors. */
export interface InputLayout {
  readonly inputs: number;
  readonly targets: number;
  /** By output: whether it has sample weights. */
  readonly weighted: readonly boolean[];
}

/** The tensors of a batch, and the inputs of the step that follow them. */
export interface StepInputs {
  readonly inputs: readonly Tensor[];
  readonly targets: readonly Tensor[];
  readonly weights: readonly (Tensor | null)[];
  readonly rest: readonly Tensor[];
}

/** Where the tensors of some samples lie: inputs, targets, then the weights that there are. */
export const layoutOf = ({ inputs, targets, weights }: ArrayList): InputLayout => ({
  inputs: inputs.length,
  targets: targets.length,
  weighted: weights.map((array) => array !== null),
});

export function splitInputs(tensors: readonly Tensor[], layout: InputLayout): StepInputs {
  const { inputs, targets, weighted } = layout;
  let at = inputs + targets;
  const weights = weighted.map((has) => (has ? (tensors[at++] ?? null) : null));
  return {
    inputs: tensors.slice(0, inputs),
    targets: tensors.slice(inputs, inputs + targets),
    weights,
    rest: tensors.slice(at),
  };
}

/** Values in the type that a model wants of them. */
function asType(values: HostArray['values'], type: DataType): HostArray['values'] {
  if (type === 'int32') return values instanceof Int32Array ? values : Int32Array.from(values);
  return values instanceof Float32Array ? values : Float32Array.from(values);
}

/** Arrays with the inputs in the shapes and types of the model's. */
export const typedFor = (graph: ModelGraph, { inputs, targets, weights }: ArrayList): ArrayList => ({
  inputs: inputs.map(({ values }, index) => {
    const { shape = [], type = 'float32' } = graph.inputs[index] ?? {};
    return { values: asType(values, type), shape };
  }),
  targets,
  weights,
});

/** Arrays as tensors [...leading, ...shape], in the order of their layout; the caller disposes them. */
export function tensorsOf(
  { tf }: Engine,
  { inputs, targets, weights }: ArrayList,
  leading: readonly number[],
): Tensor[] {
  const all = [...inputs, ...targets, ...weights.filter((array) => array !== null)];
  return all.map(({ values, shape }) =>
    tf.tensor(values, [...leading, ...shape], values instanceof Int32Array ? 'int32' : 'float32'),
  );
}

/**
 * Samples as tensors; the caller disposes them. With `calls` above one the samples are those of as many batches of the
 * same size, and tensors have a first axis of that length.
 */
export function upload(gs: Engine, graph: ModelGraph, samples: Samples, calls = 1): Tensor[] {
  const size = samples.count / calls;
  return tensorsOf(gs, typedFor(graph, samples), calls === 1 ? [size] : [calls, size]);
}
