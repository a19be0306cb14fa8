// What recomputation saves and what it costs, measured.

import type { Tensor } from '@tensorflow/tfjs';
import type { CapturedStep } from '../capture/step.js';
import type { Measurement } from '../measure/measure.js';
import type { Recompute } from './recompute.js';

export interface RecomputeReceipt {
  readonly with: Measurement;
  /** The same step with all that its backward pass needs kept. */
  readonly without: Measurement;
  /** Peak memory of tensors that is saved, as a share of that without, in (-∞, 1]; null where it is not known. */
  readonly savedShare: number | null;
  /** Time with over time without. */
  readonly slowdown: number;
}

/** Captures a step with and without recomputation, and measures both on copies of its variables. */
export function recomputeReceipt(
  recompute: Recompute,
  inputs: readonly Tensor[],
  capture: () => CapturedStep,
  measure: (step: CapturedStep) => Measurement,
): RecomputeReceipt {
  const measured = (enabled: boolean): Measurement => {
    const before = recompute.enabled;
    recompute.enabled = enabled;
    const step = capture();
    try {
      step.trace(...inputs);
      return measure(step);
    } finally {
      step.dispose();
      recompute.enabled = before;
    }
  };
  const without = measured(false);
  const result = measured(true);
  const [kept, all] = [result.peakBytes, without.peakBytes];
  return {
    with: result,
    without,
    savedShare: kept === null || all === null || all === 0 ? null : 1 - kept / all,
    slowdown: result.timeMs / without.timeMs,
  };
}
