// A copy of a captured step to measure: it leaves the step's variables alone.

import type { Tensor } from '@tensorflow/tfjs';
import type { Runtime } from '../backend/runtime.js';
import type { CapturedStep } from '../capture/step.js';
import { StepSession } from '../native/session.js';

/** Runs `use` on a copy of a step for inputs like these. */
export function withCopy<T>(
  { parts: { native, context } }: Runtime,
  step: CapturedStep,
  inputs: readonly Tensor[],
  use: (session: StepSession) => T,
): T {
  const { call, fn } = step.plan(inputs);
  const session = new StepSession(native, context, { call, functions: fn.names, variables: fn.variables });
  try {
    return use(session);
  } finally {
    session.dispose();
  }
}
