// Losses, metrics and predictions over a dataset, in batches.

import type { CapturedStep, Tensor } from '@gradstream/engine';
import { seriesOf } from '../metrics/index.js';
import type { TrainingData } from './data.js';
import { feedOf } from './feed.js';
import { metricsOf } from './outputs.js';
import { batchOf, lossesOf } from './stepForms.js';
import { totalLoss } from '../losses/outputs.js';
import type { Training } from './training.js';
import { splitInputs, upload } from './upload.js';

/** The positions of each batch, in order. */
function* batches(count: number, size: number): Generator<Uint32Array> {
  for (let from = 0; from < count; from += size)
    yield Uint32Array.from({ length: Math.min(size, count - from) }, (_, index) => from + index);
}

/** Evaluates a training's network on a dataset; captures its step once. The caller disposes it. */
export class Evaluator {
  readonly #metrics;
  readonly #feed;
  #step: CapturedStep | null = null;

  constructor(
    private readonly training: Training,
    private readonly data: TrainingData,
  ) {
    this.#metrics = metricsOf(training.network, training.outputs);
    this.#feed = feedOf(training.gs, training.graph, data);
  }

  /** Loss and metrics over all samples, by series; with averages of the weights where the optimizer keeps them. */
  async evaluate(batchSize = this.training.settings.batchSize): Promise<Record<string, number>> {
    const { optimizer } = this.training;
    this.#metrics.reset();
    optimizer.averages?.swap();
    try {
      for (const positions of batches(this.data.count, batchSize)) await this.#add(positions);
    } finally {
      optimizer.averages?.swap();
    }
    return seriesOf(this.#metrics.results());
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
    const { gs, network, outputs, settings } = this.training;
    const withoutActivation = new Set(outputs.flatMap(({ without }) => (without ? [without] : [])));
    return gs.capture(
      (...tensors) => {
        const { inputs, targets, weights } = splitInputs(tensors, this.#feed.layout);
        const pass = network.forward(inputs, { seed: null, withoutActivation });
        const given = batchOf(outputs, pass, targets, weights);
        return [this.#metrics.pack(gs, given, totalLoss(gs, lossesOf(outputs), given))];
      },
      { precision: settings.precision },
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

/** The outputs of a network for all samples of a dataset, in the order of the model's outputs. */
export async function predict(
  { gs, network, graph, settings }: Pick<Training, 'gs' | 'network' | 'graph' | 'settings'>,
  data: TrainingData,
  batchSize = settings.batchSize,
): Promise<Prediction[]> {
  const step = gs.capture((...inputs) => [...network.forward(inputs, { seed: null }).outputs], {
    precision: settings.precision,
  });
  const results = graph.outputs.map(({ shape }) => ({
    shape,
    values: new Float32Array(data.count * shape.reduce((product, length) => product * length, 1)),
  }));
  try {
    let done = 0;
    for (const positions of batches(data.count, batchSize)) {
      const inputs = upload(gs, graph, { ...data.take(positions), targets: [], weights: [] });
      const outputs = await step.runAsync(inputs);
      outputs.forEach((output, index) => {
        results[index]?.values.set(output.dataSync(), (done * output.size) / positions.length);
      });
      gs.tf.dispose([...inputs, ...outputs]);
      done += positions.length;
    }
  } finally {
    step.dispose();
  }
  return results;
}
