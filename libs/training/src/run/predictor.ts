// Serves predictions of one checkpoint: its network, once loaded, for any number of requests.

import {
  GradstreamError,
  MAX_ANSWER_NUMBERS,
  type AnsweredRows,
  type OutputAnswer,
  type RunSpec,
} from '@gradstream/contracts';
import type { CapturedStep, Engine } from '@gradstream/engine';
import { type ModelGraph, sizeOf } from '@gradstream/models';
import { TensorFile } from '../checkpoint/tensorReader.js';
import type { HostArray } from '../fit/data.js';
import { loadVariables } from '../fit/save.js';
import { upload } from '../fit/upload.js';
import { Network } from '../network/network.js';
import { readingOf, toAnswers } from './answers.js';
import { learnedOutputs, type LearnedOutput } from './learnedOutputs.js';
import { WEIGHTS_FILE } from './metadata.js';
import { outputClasses } from './outputUsage.js';
import { readUsage, toInputs, type GivenRows, type Usage } from './usage.js';

/** Most samples of a batch. */
const MAX_BATCH = 256;
/** Numbers that the inputs of a page have at most: 256 MiB. */
const MAX_INPUT_NUMBERS = 2 ** 26;

export interface PredictorOptions {
  readonly engine: Engine;
  readonly graph: ModelGraph;
  readonly spec: Pick<RunSpec, 'loss' | 'target' | 'targetColumns'>;
  /** A safetensors file with the usage in its metadata. */
  readonly weightsFile: string;
}

/** An output and the names of its classes. */
interface ReadOutput extends LearnedOutput {
  readonly classes: readonly string[] | null;
}

/** Rows `from` to `to`, and zeros up to `size` rows: a step is captured for each number of rows. */
function slice({ values, shape }: HostArray, from: number, to: number, size: number): HostArray {
  const width = sizeOf(shape);
  const padded = values instanceof Int32Array ? new Int32Array(size * width) : new Float32Array(size * width);
  padded.set(values.subarray(from * width, to * width));
  return { values: padded, shape };
}

/** Numbers of the answer for one row; of named outputs the first is told twice. */
function numbersOf(outputs: readonly LearnedOutput[]): number {
  const [first] = outputs;
  const twice = first && first.name !== null ? sizeOf(first.shape) : 0;
  return outputs.reduce((sum, { shape }) => sum + sizeOf(shape), twice);
}

/** Throws CHECKPOINT_INVALID. */
function requireSmall(numbers: number): void {
  if (numbers <= MAX_ANSWER_NUMBERS) return;
  const detail = `The answer for one row has ${numbers} numbers, the limit is ${MAX_ANSWER_NUMBERS}: download the weights, and predict with them yourself.`;
  throw new GradstreamError('CHECKPOINT_INVALID', detail);
}

function tooMany(rows: number, most: number): GradstreamError {
  const message = `are ${rows} rows, whose answer has more than ${MAX_ANSWER_NUMBERS} numbers`;
  const errors = [{ pointer: '/rows', code: 'tooMany', message, hint: `Send ${most} at a time` }];
  return new GradstreamError('VALIDATION_FAILED', `The rows ${message}: send ${most} at a time.`, { errors });
}

/** The caller disposes it. Computes in float32, whatever the precision of the run was. */
export class Predictor {
  readonly #step: CapturedStep;

  private constructor(
    private readonly options: Omit<PredictorOptions, 'weightsFile'>,
    private readonly network: Network,
    private readonly usage: Usage,
    private readonly outputs: readonly ReadOutput[],
  ) {
    this.#step = options.engine.capture((...inputs) => [...network.forward(inputs, { seed: null }).outputs]);
  }

  /** Throws CHECKPOINT_INVALID for a file that is not the network's, and for a network of which one answer is too large. */
  static async load({ weightsFile, ...options }: PredictorOptions): Promise<Predictor> {
    const { engine, graph, spec } = options;
    const learned = learnedOutputs(spec, graph);
    requireSmall(numbersOf(learned));
    const file = await TensorFile.open(weightsFile, WEIGHTS_FILE);
    try {
      const usage = readUsage(file.metadata);
      const classes = outputClasses(file.metadata, learned, usage.classes);
      const outputs = learned.map((output, at) => ({ ...output, classes: classes[at] ?? null }));
      const network = new Network(engine, graph, 0);
      try {
        await loadVariables(engine, file, network.weights);
        return new Predictor(options, network, usage, outputs);
      } catch (error) {
        network.dispose();
        throw error;
      }
    } finally {
      await file.close();
    }
  }

  /** Names of the columns that it reads. */
  get columns(): readonly string[] {
    return this.usage.columns;
  }

  /** Rows of a page at most, by what they are as inputs, and by their answer. */
  get pageRows(): number {
    const inputs = this.options.graph.inputs.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    return Math.max(1, Math.min(Math.floor(MAX_INPUT_NUMBERS / inputs), this.#answerRows));
  }

  /**
   * Answers in the order of the rows. Throws VALIDATION_FAILED for rows that the network was not trained on, and for more
   * than fit an answer.
   */
  async predict(given: Omit<GivenRows, 'targets'>): Promise<AnsweredRows> {
    const { graph, spec } = this.options;
    if (given.rows.length > this.#answerRows) throw tooMany(given.rows.length, this.#answerRows);
    const inputs = toInputs(this.usage, { ...given, targets: spec.targetColumns });
    this.#check(inputs);
    const count = given.rows.length;
    const values = this.outputs.map(({ shape }) => new Float32Array(count * sizeOf(shape)));
    for (let from = 0; from < count; from += MAX_BATCH)
      await this.#batch(inputs, from, Math.min(count, from + MAX_BATCH), values);
    const answers = this.outputs.map((output, at) => {
      const reading = readingOf(output, graph, output.index);
      return toAnswers(values[at] ?? new Float32Array(), count, reading, output.classes);
    });
    const [first] = answers;
    if (!first) throw new Error('a model has an output');
    const named = answers.flatMap((answer, at): OutputAnswer[] => {
      const name = this.outputs[at]?.name ?? null;
      return name === null ? [] : [{ name, ...answer }];
    });
    return { ...first, outputs: named };
  }

  /** Rows whose answer has as many numbers as it may have. */
  get #answerRows(): number {
    return Math.floor(MAX_ANSWER_NUMBERS / numbersOf(this.outputs));
  }

  dispose(): void {
    this.#step.dispose();
    this.network.dispose();
  }

  /** Throws CHECKPOINT_INVALID when the file's usage is for a network of other inputs. */
  #check(inputs: readonly HostArray[]): void {
    const { graph } = this.options;
    const fits =
      inputs.length === graph.inputs.length &&
      graph.inputs.every(({ shape }, index) => sizeOf(shape) === sizeOf(inputs[index]?.shape ?? []));
    if (fits) return;
    const detail =
      'model.safetensors is not valid: its columns do not fill the inputs of the network. Use another checkpoint.';
    throw new GradstreamError('CHECKPOINT_INVALID', detail);
  }

  /** Rows `from` to `to`, into the values of each output. */
  async #batch(
    inputs: readonly HostArray[],
    from: number,
    to: number,
    values: readonly Float32Array[],
  ): Promise<void> {
    const { engine, graph } = this.options;
    const size = Math.min(MAX_BATCH, 2 ** Math.ceil(Math.log2(to - from)));
    const padded = inputs.map((input) => slice(input, from, to, size));
    const tensors = upload(engine, graph, { count: size, inputs: padded, targets: [], weights: [] });
    const made = await this.#step.runAsync(tensors).finally(() => {
      engine.tf.dispose(tensors);
    });
    this.outputs.forEach(({ index, shape }, at) => {
      const width = sizeOf(shape);
      const output = made[index];
      if (output) values[at]?.set(output.dataSync().subarray(0, (to - from) * width), from * width);
    });
    engine.tf.dispose(made);
  }
}
