// The captured steps of a run: one for training and one for evaluation, captured anew for each size of batch.

import type { RunSpec } from '@gradstream/contracts';
import type { CapturedStep, Engine, Scalar, Tensor, Tensor1D } from '@gradstream/engine';
import type { Batch } from '@gradstream/datasets';
import type { Forward, ForwardOptions, Network, Weight } from '../network/network.js';
import type { Seed } from '../network/seeds.js';
import type { Loss } from '../losses/losses.js';
import type { Optimizer } from '../optimizers/optimizer.js';
import { clipByGlobalNorm, gradientNorms } from '../statistics/norms.js';

/** What a training step tells. */
export interface StepResult {
  readonly loss: number;
  readonly correct: number;
  readonly gradientNorm: number;
  readonly clippedGradientNorm: number;
  readonly layerNorms: readonly number[];
}

export interface StepParts {
  readonly engine: Engine;
  readonly network: Network;
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  readonly spec: Pick<RunSpec, 'clip' | 'precision'>;
}

/** A batch as tensors; the caller disposes them. */
function upload(
  { tf }: Engine,
  inputShape: readonly number[],
  { inputs, targets, size }: Batch,
): [Tensor, Tensor] {
  const y = tf.tensor1d(targets, targets instanceof Int32Array ? 'int32' : 'float32');
  return [tf.tensor(inputs, [size, ...inputShape], 'float32'), y];
}

function onlyOutput({ outputs }: Forward): Tensor {
  const [output] = outputs;
  if (!output) throw new Error('a network has an output');
  return output;
}

export class StepRunner {
  readonly #training: CapturedStep;
  readonly #evaluation: CapturedStep;

  constructor(private readonly parts: StepParts) {
    this.#training = this.#captureTraining();
    this.#evaluation = this.#captureEvaluation();
  }

  /** One update: forward, loss, backward, statistics, clip, update; all in one call of TensorFlow. */
  async train(batch: Batch, learningRate: number, seed: Seed): Promise<StepResult> {
    const { engine, network } = this.parts;
    const { tf } = engine;
    const inputs = [
      ...upload(engine, network.graph.inputShape, batch),
      tf.scalar(learningRate),
      tf.tensor1d([...seed], 'int32'),
    ];
    const [loss = Number.NaN, correct = 0, gradientNorm = 0, clippedGradientNorm = 0, ...layerNorms] =
      await this.#run(this.#training, inputs);
    return { loss, correct, gradientNorm, clippedGradientNorm, layerNorms };
  }

  /** Mean loss and number of right predictions over a batch; changes nothing. */
  async evaluate(batch: Batch): Promise<{ loss: number; correct: number }> {
    const { engine, network } = this.parts;
    const inputs = upload(engine, network.graph.inputShape, batch);
    const [loss = Number.NaN, correct = 0] = await this.#run(this.#evaluation, inputs);
    return { loss, correct };
  }

  dispose(): void {
    this.#training.dispose();
    this.#evaluation.dispose();
  }

  /** Runs a step; its one output is a vector of numbers. */
  async #run(step: CapturedStep, inputs: Tensor[]): Promise<number[]> {
    const { tf } = this.parts.engine;
    let outputs: Tensor[] = [];
    try {
      outputs = await step.runAsync(inputs);
      return Array.from(outputs[0]?.dataSync() ?? []);
    } finally {
      tf.dispose([...inputs, ...outputs]);
    }
  }

  /** The softmax that the loss takes over, if it does. */
  #withoutActivation(): Pick<ForwardOptions, 'withoutActivation'> {
    const { network, loss } = this.parts;
    const final = loss.onLogits ? network.finalCall(0) : null;
    return final ? { withoutActivation: new Set([final]) } : {};
  }

  #captureTraining(): CapturedStep {
    const { engine, network, loss, optimizer, spec } = this.parts;
    const { tf } = engine;
    const withoutActivation = this.#withoutActivation();
    const weights = network.trainable;
    const variables = weights.map(({ variable }) => variable);
    const step = (...[x, y, learningRate, seed]: Tensor[]): Tensor[] => {
      if (!x || !y || !learningRate || !seed) throw new Error('a training step takes four inputs');
      let output: Tensor | undefined;
      const updates: { weight: Weight; value: Tensor }[] = [];
      const lossOf = (): Scalar => {
        // Kept, for the metrics below: tfjs drops what a gradient's function made.
        const pass = network.forward([x], { seed: seed as Tensor1D, ...withoutActivation });
        output = tf.keep(onlyOutput(pass));
        const kept = pass.updates.map(({ weight, value: next }) => ({ weight, value: tf.keep(next) }));
        updates.push(...kept);
        const penalty = network.penalty();
        return tf.addN([loss.mean(output, y), ...pass.losses, ...(penalty ? [penalty] : [])]).asScalar();
      };
      const { value, grads } = tf.variableGrads(lossOf, variables);
      const gradients = variables.map((variable) => grads[variable.name] ?? tf.zerosLike(variable));
      const norms = gradientNorms(engine, weights, gradients);
      const clipped = spec.clip
        ? clipByGlobalNorm(engine, gradients, norms.global, spec.clip.globalNorm)
        : gradients;
      const clippedNorm = spec.clip ? norms.global.minimum(spec.clip.globalNorm) : norms.global;
      const correct = loss.correct(output ?? x, y);
      output?.dispose();
      optimizer.apply(clipped, learningRate as Scalar);
      for (const { weight, value: next } of updates) {
        weight.variable.assign(next);
        next.dispose();
      }
      return [tf.concat([tf.stack([value, correct, norms.global, clippedNorm]), norms.layers])];
    };
    return engine.capture(step, { precision: spec.precision });
  }

  #captureEvaluation(): CapturedStep {
    const { engine, network, loss } = this.parts;
    const withoutActivation = this.#withoutActivation();
    const step = (...[x, y]: Tensor[]): Tensor[] => {
      if (!x || !y) throw new Error('an evaluation takes two inputs');
      const output = onlyOutput(network.forward([x], { seed: null, ...withoutActivation }));
      return [engine.tf.stack([loss.mean(output, y), loss.correct(output, y)])];
    };
    return engine.capture(step);
  }
}
