// Losses as Keras defines them, and what they need of the model's output.

import type { RunSpec } from '@gradstream/contracts';
import type { Engine, Scalar, Tensor, Tensor1D, Tensor2D } from '@gradstream/engine';
import type { Network } from '../network/network.js';

/** Keras's fuzz factor, which probabilities are clipped by. */
const EPSILON = 1e-7;

/** A loss over a batch. */
export interface Loss {
  /** Whether it wants the values before a final softmax. */
  readonly onLogits: boolean;
  /** Mean over the samples of a batch: output [batch, units], targets [batch]. */
  readonly mean: (output: Tensor, targets: Tensor) => Scalar;
  /** Samples whose class is predicted rightly, as a number; zero for regression. */
  readonly correct: (output: Tensor, targets: Tensor) => Scalar;
}

/** Softmax cross-entropy (Keras `SparseCategoricalCrossentropy`); fused with the model's softmax where there is one. */
function crossEntropy(engine: Engine, fused: boolean, fromLogits: boolean): Loss {
  const logits = (output: Tensor): Tensor2D =>
    (fused || fromLogits ? output : output.clipByValue(EPSILON, 1 - EPSILON).log()) as Tensor2D;
  return {
    onLogits: fused,
    mean: (output, targets) =>
      engine.ops.sparseSoftmaxCrossEntropy(logits(output), targets as Tensor1D).mean(),
    correct: (output, targets) => output.argMax(-1).equal(targets).cast('float32').sum(),
  };
}

/** Mean of squared differences (Keras `MeanSquaredError`), for outputs of one unit. */
function meanSquaredError(engine: Engine): Loss {
  return {
    onLogits: false,
    mean: (output, targets) => output.reshape([-1]).sub(targets).square().mean(),
    correct: () => engine.tf.scalar(0),
  };
}

/** The loss that a spec names, for a network. */
export function createLoss(engine: Engine, spec: RunSpec['loss'], network: Network): Loss {
  if (spec.name === 'meanSquaredError') return meanSquaredError(engine);
  const endsInSoftmax = network.finalCall(0)?.plan.finalActivation === 'softmax';
  return crossEntropy(engine, !spec.fromLogits && endsInSoftmax, spec.fromLogits);
}
