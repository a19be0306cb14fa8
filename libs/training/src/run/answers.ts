// An output of a network as answers: a class with probabilities, labels with theirs, or numbers.

import { toWireNumber, type OutputAnswer, type Prediction, type RunOutput } from '@gradstream/contracts';
import { isFromLogits, logitsOf, outputActivation, type ModelGraph } from '@gradstream/models';

/** How an output of a run's network is read. */
export interface OutputReading extends Pick<OutputAnswer, 'values' | 'activation'> {
  /** One unit tells the second of two classes from the first: above this its output means the second. */
  readonly threshold: number | null;
  /** Whether one class excludes the others; labels are each for themselves, and none of them is the answer. */
  readonly exclusive: boolean;
}

/** Losses whose outputs are margins, with zero between two classes (Keras: Hinge, SquaredHinge). */
const MARGINS = new Set(['hinge', 'squaredHinge']);

/**
 * A loss that is computed from probabilities, or from logits, makes the outputs these; other losses leave it to the last
 * activation. One unit is the probability of the second class, above 0.5 (Keras: BinaryAccuracy).
 */
export function readingOf(
  { target, loss }: Pick<RunOutput, 'target' | 'loss'>,
  graph: ModelGraph,
  output = 0,
): OutputReading {
  if (target.task === 'regression')
    return { values: 'numbers', activation: null, threshold: null, exclusive: false };
  const exclusive = target.task !== 'multilabel';
  const oneUnit = target.task === 'binary' && graph.outputs[output]?.shape.at(-1) === 1;
  const last = outputActivation(graph, output);
  const learned = logitsOf(loss);
  if (learned !== null || last === 'softmax' || last === 'sigmoid') {
    const activation = learned !== null && isFromLogits(loss) ? learned : null;
    return { values: 'probabilities', activation, threshold: oneUnit ? 0.5 : null, exclusive };
  }
  const threshold = oneUnit ? (MARGINS.has(loss.name) ? 0 : 0.5) : null;
  return { values: 'scores', activation: null, threshold, exclusive };
}

const sigmoid = (x: number): number => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));

function softmax(values: readonly number[]): number[] {
  const most = Math.max(...values);
  const powers = values.map((value) => Math.exp(value - most));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

function activated(values: readonly number[], activation: OutputReading['activation']): readonly number[] {
  if (activation === 'softmax') return softmax(values);
  return activation === 'sigmoid' ? values.map(sigmoid) : values;
}

/** The index of the class that the values of a row say; null when one of them is NaN. */
function classIndex(values: readonly number[], threshold: number | null): number | null {
  if (values.some(Number.isNaN)) return null;
  if (threshold !== null) return (values[0] ?? 0) > threshold ? 1 : 0;
  return values.indexOf(Math.max(...values));
}

function answerOf(
  row: readonly number[],
  { values, activation, threshold, exclusive }: OutputReading,
  classes: readonly string[] | null,
): Prediction {
  const given = activated(row, activation);
  if (!exclusive) return { class: null, probability: null, values: given.map(toWireNumber) };
  const index = classIndex(given, threshold);
  const [first = NaN] = given;
  const all = values === 'probabilities' && threshold !== null ? [1 - first, first] : given;
  return {
    class: index === null ? null : (classes?.[index] ?? String(index)),
    probability: values === 'probabilities' && index !== null ? toWireNumber(all[index] ?? NaN) : null,
    values: all.map(toWireNumber),
  };
}

/** The answers of some rows; `outputs` are [rows, ...shape]. */
export function toAnswers(
  outputs: Float32Array,
  rows: number,
  reading: OutputReading,
  classes: readonly string[] | null,
): Omit<OutputAnswer, 'name'> {
  const width = outputs.length / rows;
  const { values, activation } = reading;
  return {
    values,
    activation,
    classes: values === 'numbers' ? null : classes && [...classes],
    data: Array.from({ length: rows }, (_, row) =>
      answerOf([...outputs.subarray(row * width, (row + 1) * width)], reading, classes),
    ),
  };
}
