// Whether a model's output, its loss and the task fit together. A mismatch trains without an error and learns
// nothing useful, so it is refused with the fix.

import type { ProblemItem } from '@gradstream/contracts';
import { showShape } from '../layers/layer.js';
import type { ModelGraph } from './graph.js';
import { outputActivation } from './outputActivation.js';

/** What the run says about its target. */
export interface LossAndTask {
  readonly task: 'classification' | 'regression';
  readonly loss: 'sparseCategoricalCrossentropy' | 'meanSquaredError';
  /** Whether the loss applies the softmax itself. */
  readonly fromLogits: boolean;
  /** Number of classes of the target, if known. */
  readonly classes: number | null;
}

const problem = (pointer: string, code: string, message: string, hint: string): ProblemItem => ({
  pointer,
  code,
  message,
  hint,
});

function checkClassification(graph: ModelGraph, { fromLogits, classes }: LossAndTask): ProblemItem[] {
  const problems: ProblemItem[] = [];
  const [units = 0] = graph.outputShape;
  const activation = outputActivation(graph);
  if (classes !== null && classes < 2) {
    problems.push(
      problem(
        '/target/column',
        'oneClass',
        `the target has ${classes} distinct values`,
        'A classification needs at least 2 classes',
      ),
    );
  } else if (classes !== null && units !== classes) {
    const hint = `Give the last Dense layer ${classes} units`;
    problems.push(
      problem('/model', 'outputUnits', `the model has ${units} outputs, the target ${classes} classes`, hint),
    );
  }
  if (fromLogits && activation === 'softmax') {
    const hint = 'Set the last activation to "linear", or fromLogits to false';
    problems.push(
      problem(
        '/loss/fromLogits',
        'softmaxTwice',
        'softmax would be applied twice: by the model and by the loss',
        hint,
      ),
    );
  }
  if (!fromLogits && activation !== 'softmax') {
    const hint =
      'Set the last activation to "softmax", or the loss to {"name": "sparseCategoricalCrossentropy", "fromLogits": true}';
    problems.push(
      problem(
        '/loss',
        'notProbabilities',
        `the loss expects probabilities, the model ends in "${activation}"`,
        hint,
      ),
    );
  }
  return problems;
}

function checkRegression(graph: ModelGraph): ProblemItem[] {
  const [units = 0] = graph.outputShape;
  const problems: ProblemItem[] = [];
  if (units !== 1) {
    problems.push(
      problem(
        '/model',
        'outputUnits',
        `the model has ${units} outputs, the target is one number`,
        'Give the last Dense layer 1 unit',
      ),
    );
  }
  if (outputActivation(graph) === 'softmax') {
    const hint = 'Set the last activation to "linear"';
    problems.push(
      problem('/model', 'softmaxRegression', 'softmax makes probabilities, the target is a number', hint),
    );
  }
  return problems;
}

/** What does not fit, with pointers into the run's spec. */
export function checkLossAndTask(graph: ModelGraph, check: LossAndTask): ProblemItem[] {
  const expected = check.task === 'classification' ? 'sparseCategoricalCrossentropy' : 'meanSquaredError';
  if (check.loss !== expected) {
    return [
      problem(
        '/loss',
        'lossTask',
        `the loss ${check.loss} does not fit the task ${check.task}`,
        `Use "${expected}"`,
      ),
    ];
  }
  if (graph.outputShape.length !== 1) {
    const message = `the model's output has the shape ${showShape(graph.outputShape)}, a vector is needed`;
    return [problem('/model', 'outputRank', message, 'Put a Flatten and a Dense layer at the end')];
  }
  return check.task === 'classification' ? checkClassification(graph, check) : checkRegression(graph);
}
