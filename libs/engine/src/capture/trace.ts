// Runs a step once in capture mode and makes it a function.

import type { Tensor, Variable } from '@tensorflow/tfjs';
import type { Runtime } from '../backend/runtime.js';
import { dropFailedTape } from '../backend/tape.js';
import { adoptVariable, registeredVariables } from '../backend/variables.js';
import { EngineError } from '../errors.js';
import type { OutputSpec } from '../native/functions.js';
import { Capture, type CapturedFunction, type Target } from './capture.js';

/** A step: computes outputs from inputs, and may read and assign variables. */
export type Step = (...inputs: Tensor[]) => Tensor[];

/** Captures `step` for inputs of the given shapes and types, for one way of running it. Variables keep their values. */
export function trace(
  runtime: Runtime,
  step: Step,
  inputs: readonly OutputSpec[],
  target: Target,
): CapturedFunction {
  const { binding, tf, parts } = runtime;
  if (binding.capture) {
    const message = 'a step is being captured already: a step cannot capture or call another';
    throw new EngineError('CAPTURE_IN_PROGRESS', message);
  }
  const known = new Set(registeredVariables(runtime));
  for (const variable of known) adoptVariable(runtime, variable);
  const capture = new Capture(parts, target);
  binding.capture = capture;
  let finished = false;
  try {
    const made: CapturedFunction[] = [];
    tf.tidy(() => {
      made.push(traceInside(runtime, capture, step, inputs));
    });
    refuseNewVariables(runtime, known);
    const [fn] = made;
    if (!fn) throw new Error('tidy runs its function');
    finished = true;
    return fn;
  } catch (error) {
    dropFailedTape(runtime);
    throw error;
  } finally {
    binding.capture = null;
    binding.forgetGraphValues();
    capture.dispose(finished);
  }
}

function traceInside(
  { backend, binding }: Runtime,
  capture: Capture,
  step: Step,
  inputs: readonly OutputSpec[],
): CapturedFunction {
  const placeholders = inputs.map(({ dtype, shape }) =>
    backend.createOutputTensor(binding.describe(capture.graph.parameter(dtype, shape))),
  );
  const results = step(...placeholders);
  const values = backend.getInputTensorIds(results).map((id) => capture.toGraph(binding.value(id)));
  return capture.finish(values);
}

/** Variables that appeared during the capture have no value outside of it. */
function refuseNewVariables(runtime: Runtime, known: ReadonlySet<Variable>): void {
  const appeared = registeredVariables(runtime).filter((variable) => !known.has(variable));
  if (appeared.length === 0) return;
  const names = appeared.map(({ name }) => name).join(', ');
  for (const variable of appeared) variable.dispose();
  const message = `variables were made while the step was captured (${names}): make them before, or run the step once op by op`;
  throw new EngineError('VARIABLE_MADE_IN_CAPTURE', message);
}
