// A step run op by op, for debugging and for code that cannot be captured.

import type { Tensor } from '@tensorflow/tfjs';
import type { Runtime } from '../backend/runtime.js';
import { dropFailedTape } from '../backend/tape.js';
import { adoptVariable, registeredVariables } from '../backend/variables.js';
import { EngineError } from '../errors.js';
import type { Step } from './trace.js';

/** Runs a step; of several steps a call, each on its slice of the inputs, outputs stacked. */
export function runOneByOne(
  runtime: Runtime,
  step: Step,
  stepsPerCall: number,
  inputs: readonly Tensor[],
): Tensor[] {
  const { tf } = runtime;
  for (const variable of registeredVariables(runtime)) adoptVariable(runtime, variable);
  if (stepsPerCall === 1) return keepingOutputs(runtime, () => step(...inputs));
  if (inputs.some(({ shape }) => shape[0] !== stepsPerCall)) {
    const message = `a step of ${stepsPerCall} steps a call takes inputs with that leading dimension`;
    throw new EngineError('INVALID_ARGUMENT', message);
  }
  return keepingOutputs(runtime, () => {
    const slices = inputs.map((input) => tf.unstack(input));
    const outputs = Array.from({ length: stepsPerCall }, (_, at) =>
      step(...slices.flatMap((parts) => parts.slice(at, at + 1))),
    );
    return (outputs[0] ?? []).map((_, index) =>
      tf.stack(outputs.flatMap((all) => all.slice(index, index + 1))),
    );
  });
}

/** Runs a body, and frees all that it made but its outputs. */
function keepingOutputs(runtime: Runtime, body: () => Tensor[]): Tensor[] {
  const { tf } = runtime;
  const outputs: Tensor[] = [];
  try {
    tf.tidy(() => {
      outputs.push(...body().map((tensor) => tf.keep(tensor.clone())));
    });
  } catch (error) {
    dropFailedTape(runtime);
    throw error;
  }
  return outputs.map((tensor) => {
    const result = tensor.clone(); // Belongs to the caller's scope, as the outputs of a captured step do.
    tensor.dispose();
    return result;
  });
}
