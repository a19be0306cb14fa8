import type { Engine, Tensor } from '@gradstream/engine';
import type { DataType, ModelGraph } from '@gradstream/models';
import type { HostArray, Samples } from './data.js';
import type { InputLayout } from './stepForms.js';

/** Where the tensors of some samples lie among a step's inputs. */
export const layoutOf = ({ inputs, targets, weights }: Samples): InputLayout => ({
  inputs: inputs.length,
  targets: targets.length,
  weighted: weights.map((array) => array !== null),
});

/** Values in the type that a model wants of them. */
function asType(values: HostArray['values'], type: DataType): HostArray['values'] {
  if (type === 'int32') return values instanceof Int32Array ? values : Int32Array.from(values);
  return values instanceof Float32Array ? values : Float32Array.from(values);
}

/**
 * Samples as tensors, in the order of a step's inputs; the caller disposes them. With `calls` above one the samples are
 * those of as many batches of the same size, and tensors have a first axis of that length.
 */
export function upload({ tf }: Engine, graph: ModelGraph, samples: Samples, calls = 1): Tensor[] {
  const size = samples.count / calls;
  const leading = calls === 1 ? [size] : [calls, size];
  const tensor = ({ values, shape }: HostArray): Tensor =>
    tf.tensor(values, [...leading, ...shape], values instanceof Int32Array ? 'int32' : 'float32');
  const inputs = samples.inputs.map(({ values }, index) => {
    const { shape = [], type = 'float32' } = graph.inputs[index] ?? {};
    return tensor({ values: asType(values, type), shape });
  });
  const weights = samples.weights.flatMap((array) => (array ? [tensor(array)] : []));
  return [...inputs, ...samples.targets.map(tensor), ...weights];
}
