// The loss of a network that knows nothing yet, against what it should be: a loss far above says that inputs are not
// scaled or initial values too large; one far below that the target is among the inputs.

import type { LossSettings } from '@gradstream/contracts';
import type { TrainingData } from '../fit/data.js';
import { Evaluator } from '../fit/evaluate.js';
import type { Training } from '../fit/training.js';

export interface InitialLoss {
  readonly measured: number;
  /** Of equal probabilities for all classes; null for losses whose start depends on the data, on weights or on its size. */
  readonly expected: number | null;
  readonly verdict: 'plausible' | 'tooHigh' | 'tooLow' | 'notFinite' | 'unknown';
  readonly explanation: string;
}

/** How far from the expectation a loss may be, as a factor. */
const FACTOR = 2;

/** The loss of equal probabilities for `units` classes: ln K, and ln 2 for yes or no. */
export function expectedInitialLoss({ name }: LossSettings, units: number): number | null {
  switch (name) {
    case 'sparseCategoricalCrossentropy':
    case 'categoricalCrossentropy':
      return Math.log(units);
    case 'binaryCrossentropy':
      return Math.LN2;
    case 'hinge':
      return 1;
    default:
      return null;
  }
}

/** Whether a loss is a mean in which all samples together count 1. */
const isMean = ({ reduction }: LossSettings, weighted: boolean): boolean =>
  reduction === 'meanWithSampleWeight' || (!weighted && reduction !== 'sum' && reduction !== 'none');

function judge(measured: number, expected: number | null): Pick<InitialLoss, 'verdict' | 'explanation'> {
  if (!Number.isFinite(measured)) {
    const explanation =
      'The loss is not finite before any update: look for NaN in the data, and scale the inputs.';
    return { verdict: 'notFinite', explanation };
  }
  if (expected === null)
    return {
      verdict: 'unknown',
      explanation: 'What this loss begins with depends on the data and its weights.',
    };
  if (measured > FACTOR * expected) {
    const explanation =
      'The untrained network is confidently wrong: scale the inputs, or use smaller initial values.';
    return { verdict: 'tooHigh', explanation };
  }
  if (measured < expected / FACTOR) {
    const explanation =
      'The untrained network knows the answers: look whether the target is among the inputs.';
    return { verdict: 'tooLow', explanation };
  }
  return {
    verdict: 'plausible',
    explanation: 'An untrained network guesses, and this loss is that of guessing.',
  };
}

/** Measures the loss over a dataset, of a training that has made no step yet. Penalties of weights are not in it. */
export async function checkInitialLoss(training: Training, data: TrainingData): Promise<InitialLoss> {
  const evaluator = new Evaluator(training, data, { penalties: false });
  try {
    const { loss: measured = Number.NaN } = await evaluator.evaluate();
    const { weights } = data.take(Uint32Array.of(0));
    const expectations = training.outputs.map(({ loss, index, weight, classWeights }, at) => {
      if (!isMean(loss.settings, classWeights !== null || (weights[at] ?? null) !== null)) return null;
      const units = training.graph.outputs[index]?.shape.at(-1) ?? 1;
      const expected = expectedInitialLoss(loss.settings, units);
      return expected === null ? null : weight * expected;
    });
    const known = expectations.filter((value) => value !== null);
    const complete = known.length === expectations.length;
    const expected = complete ? known.reduce((sum, value) => sum + value, 0) : null;
    return { measured, expected, ...judge(measured, expected) };
  } finally {
    evaluator.dispose();
  }
}
