// Conditions on values: captured as a branch of the graph, decided at once when ops run one by one.

import type { Tensor } from '@tensorflow/tfjs';
import type { Runtime } from '../backend/runtime.js';
import { withOwnTape } from '../backend/tape.js';
import { addCondition } from './branches.js';
import { outputsOf } from './outputs.js';

/** A branch; it may assign variables. */
export type Branch = () => Tensor[];

/**
 * The outputs of `then` when the predicate (bool scalar) holds, else those of `otherwise`. Both return as many tensors,
 * of the same shapes and types: other ones are INVALID_ARGUMENT in a capture. Effects of the branch that is not taken do
 * not happen. No gradient flows through it.
 */
export function condition(
  runtime: Runtime,
  predicate: Tensor,
  branches: readonly [then: Branch, otherwise: Branch],
): Tensor[] {
  const { backend, binding, tf } = runtime;
  const { capture } = binding;
  const taken = (branch: Branch): Tensor[] => outputsOf(runtime, 'a branch of a condition', branch());
  // Clones: a branch may return a tensor or a variable that it did not make, which stays with its owner.
  if (!capture) {
    const branch = branches[predicate.dataSync()[0] ? 0 : 1];
    return withOwnTape(runtime, () => tf.tidy(() => taken(branch).map((tensor) => tensor.clone())));
  }
  const valuesOf = (branch: Branch) => () => {
    const results: Tensor[] = [];
    tf.tidy(() => {
      results.push(...taken(branch).map((tensor) => tf.keep(tensor.clone())));
    });
    const values = results.map((tensor) => capture.toGraph(binding.value(runtime.id(tensor))));
    tf.dispose(results);
    return values;
  };
  const [then, otherwise] = branches;
  const chosen = capture.toGraph(binding.value(runtime.id(predicate)));
  return addCondition(capture, chosen, [valuesOf(then), valuesOf(otherwise)]).map((value) =>
    backend.createOutputTensor(binding.describe(value)),
  );
}
