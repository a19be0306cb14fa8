// What turns a row into an input and an output into an answer, as metadata of the weights: they are enough to predict.

import type { FittedFeature, RunSpec } from '@gradstream/contracts';
import { describeOutputs } from './outputUsage.js';
import type { PreparedData } from './prepare.js';

type FittedNumber = Extract<FittedFeature, { kind: 'numeric' }>;

/** The scaling of a single input of numbers; null for others. */
function scalingOf(
  { inputs }: RunSpec,
  { preprocessing }: PreparedData,
): { offset: number[]; factor: number[] } | null {
  const [input, ...more] = preprocessing.inputs;
  if (input === undefined || more.length > 0 || inputs[0]?.scale === 'none') return null;
  const numbers = input.features.filter((feature): feature is FittedNumber => feature.kind === 'numeric');
  if (numbers.length !== input.features.length) return null;
  return { offset: numbers.map(({ offset }) => offset), factor: numbers.map(({ factor }) => factor) };
}

/**
 * JSON by name: the columns in their order, what each was scaled by, (x - offset) · factor, where all are numbers, the order
 * of the classes or labels, with targets by output `outputs` that says it of each, and the whole preprocessing
 * (`preprocessingSchema`).
 */
export function describeUsage(spec: RunSpec, data: PreparedData): Record<string, string> {
  const scaling = scalingOf(spec, data);
  return {
    inputColumns: JSON.stringify(spec.inputColumns),
    ...(scaling ? { scaling: JSON.stringify(scaling) } : {}),
    ...describeOutputs(data.outputs),
    preprocessing: JSON.stringify(data.preprocessing),
  };
}
