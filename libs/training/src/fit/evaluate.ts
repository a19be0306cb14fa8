// Losses, metrics and predictions over a dataset, in batches.

import { GradstreamError } from '@gradstream/contracts';
import type { CapturedStep, Tensor } from '@gradstream/engine';
import { sizeOf } from '@gradstream/models';
import type { MetricResult } from '../metrics/accumulator.js';
import { seriesOf } from '../metrics/index.js';
import { checkInputs, checkSamples } from './checkData.js';
import type { TrainingData } from './data.js';
import { feedOf } from './feed.js';
import { batchLoss } from './batchLoss.js';
import { metricsOf } from './outputs.js';
import type { Training } from './training.js';
import { splitInputs, upload } from './upload.js';

/** The positions of each batch, in order. Throws VALIDATION_FAILED for a size that is none. */
function* batches(count: number, size: number): Generator<Uint32Array> {
  if (!(Number.isInteger(size) && size > 0)) {
    const detail = `The batch size is ${size}: give a whole number from 1.`;
    throw new GradstreamError('VALIDATION_FAILED', detail);
  }
  for (let from = 0; from < count; from += size)
    yield Uint32Array.from({ length: Math.min(size, count - from) }, (_, index) => from + index);
}

/**
 * Evaluates a training's network on a dataset; captures its step once, which TensorFlow runs op by op of its graph,
 * never by XLA. Without `penalties` those of weights are left out of the loss. The caller disposes it. Throws
 * VALIDATION_FAILED for data that model and losses do not take.
 */
export class Evaluator {
  readonly #metrics;
  readonly #feed;
  #step: CapturedStep | null = null;

  constructor(
    private readonly training: Training,
    private readonly data: TrainingData,
    private readonly options: { readonly penalties?: boolean } = {},
  ) {
    checkSamples(training, data, 'evaluation');
    this.#metrics = metricsOf(training.network, training.outputs);
    this.#feed = feedOf(training.gs, training.graph, data);
  }

  /**
   * Loss and metrics over all samples, matrices and curves included. The loss has the penalties of weights, as Keras's
   * has; weights are their averages where the optimizer keeps some.
   */
  async results(batchSize = this.training.settings.batchSize): Promise<Record<string, MetricResult>> {
    this.#metrics.reset();
    await this.training.asEvaluated(async () => {
      for (const positions of batches(this.data.count, batchSize)) await this.#add(positions);
    });
    return this.#metrics.results();
  }

  /** The results that are one number, or one for each class: by series. */
  async evaluate(batchSize = this.training.settings.batchSize): Promise<Record<string, number>> {
    return seriesOf(await this.results(batchSize));
  }

  dispose(): void {
    this.#step?.dispose();
    this.#step = null;
    this.#feed.dispose();
  }

  async #add(positions: Uint32Array): Promise<void> {
    const { tf } = this.training.gs;
    const tensors = this.#feed.prepare(positions, 1);
    let told: Tensor[] = [];
    try {
      this.#step ??= this.#capture();
      told = await this.#step.runAsync(tensors);
      this.#metrics.add((told[0]?.dataSync() ?? new Float32Array()) as Float32Array, positions.length);
    } finally {
      tf.dispose([...tensors, ...told]);
    }
  }

  #capture(): CapturedStep {
    const { gs, precision } = this.training;
    return gs.capture(
      (...tensors) => {
        const given = splitInputs(tensors, this.#feed.layout);
        const { batches: packed, losses } = batchLoss(
          this.training,
          given,
          { seed: null },
          this.options.penalties,
        );
        return [this.#metrics.pack(gs, packed, losses)];
      },
      { precision },
    );
  }
}

/** A model's outputs for inputs. */
export interface Prediction {
  /** Of one sample. */
  readonly shape: readonly number[];
  /** [samples, ...shape]. */
  readonly values: Float32Array;
}

/**
 * The outputs of a network for all samples of a dataset, in the order of the model's outputs; with the averages of the
 * weights where the optimizer keeps some. Throws VALIDATION_FAILED for inputs that the model does not take.
 */
export async function predict(
  training: Training,
  data: TrainingData,
  batchSize = training.settings.batchSize,
): Promise<Prediction[]> {
  const { gs, network, graph, precision } = training;
  if (data.count > 0) checkInputs(training, data.take(Uint32Array.of(0)).inputs, 'given');
  const step = gs.capture((...inputs) => [...network.forward(inputs, { seed: null }).outputs], {
    precision,
  });
  const results = graph.outputs.map(({ shape }) => ({
    shape,
    values: new Float32Array(data.count * sizeOf(shape)),
  }));
  const add = async (positions: Uint32Array): Promise<void> => {
    const inputs = upload(gs, graph, { ...data.take(positions), targets: [], weights: [] });
    let outputs: Tensor[] = [];
    try {
      outputs = await step.runAsync(inputs);
      outputs.forEach((output, index) => {
        const from = ((positions[0] ?? 0) * output.size) / positions.length;
        results[index]?.values.set(output.dataSync(), from);
      });
    } finally {
      gs.tf.dispose([...inputs, ...outputs]);
    }
  };
  try {
    await training.asEvaluated(async () => {
      for (const positions of batches(data.count, batchSize)) await add(positions);
    });
  } finally {
    step.dispose();
  }
  return results;
}
