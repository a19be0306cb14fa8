// Losses, metrics and predictions over a dataset, in batches.

import type { CapturedStep, Tensor } from '@gradstream/engine';
import { seriesOf } from '../metrics/index.js';
import type { Samples, TrainingData } from './data.js';
import { metricsOf } from './outputs.js';
import { batchOf, lossesOf, splitInputs, type InputLayout } from './stepForms.js';
import { totalLoss } from '../losses/outputs.js';
import type { Training } from './training.js';
import { layoutOf, upload } from './upload.js';

interface Evaluation {
  readonly step: CapturedStep;
  readonly layout: InputLayout;
}

/** The positions of each batch, in order. */
function* batches(count: number, size: number): Generator<Uint32Array> {
  for (let from = 0; from < count; from += size)
    yield Uint32Array.from({ length: Math.min(size, count - from) }, (_, index) => from + index);
}

/** Evaluates a training's network; captures its step once. */
export class Evaluator {
  #evaluation: Evaluation | null = null;
  readonly #metrics;

  constructor(private readonly training: Training) {
    this.#metrics = metricsOf(training.network, training.outputs);
  }

  /** Loss and metrics over all samples, by series; with averages of the weights where the optimizer keeps them. */
  async evaluate(
    data: TrainingData,
    batchSize = this.training.settings.batchSize,
  ): Promise<Record<string, number>> {
    const { optimizer } = this.training;
    this.#metrics.reset();
    optimizer.averages?.swap();
    try {
      for (const positions of batches(data.count, batchSize)) await this.#add(data.take(positions));
    } finally {
      optimizer.averages?.swap();
    }
    return seriesOf(this.#metrics.results());
  }

  dispose(): void {
    this.#evaluation?.step.dispose();
    this.#evaluation = null;
  }

  async #add(samples: Samples): Promise<void> {
    const { gs, graph } = this.training;
    const tensors = upload(gs, graph, samples);
    let told: Tensor[] = [];
    try {
      this.#evaluation ??= this.#capture(layoutOf(samples));
      told = await this.#evaluation.step.runAsync(tensors);
      this.#metrics.add((told[0]?.dataSync() ?? new Float32Array()) as Float32Array, samples.count);
    } finally {
      gs.tf.dispose([...tensors, ...told]);
    }
  }

  #capture(layout: InputLayout): Evaluation {
    const { gs, network, outputs, settings } = this.training;
    const withoutActivation = new Set(outputs.flatMap(({ without }) => (without ? [without] : [])));
    const step = gs.capture(
      (...tensors) => {
        const { inputs, targets, weights } = splitInputs(tensors, layout);
        const pass = network.forward(inputs, { seed: null, withoutActivation });
        const given = batchOf(outputs, pass, targets, weights);
        return [this.#metrics.pack(gs, given, totalLoss(gs, lossesOf(outputs), given))];
      },
      { precision: settings.precision },
    );
    return { step, layout };
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
