// The data of a run: a stored dataset, split and preprocessed as the spec says, as what the loop reads.

import {
  GradstreamError,
  type FittedTensor,
  type Preprocessing,
  type PreprocessingPlan,
  type RunSpec,
} from '@gradstream/contracts';
import {
  countDuplicates,
  fitPreprocessing,
  keptRows,
  planOf,
  preprocessBatch,
  rowSplitOf,
  splitRows,
  type PlannedTarget,
  type ShardedDataset,
} from '@gradstream/datasets';
import { indexesTaken, type ModelGraph, sizeOf } from '@gradstream/models';
import type { TrainingData } from '../fit/data.js';
import { learnedOutputs, targetColumnsOf, type LearnedOutput } from './learnedOutputs.js';
import { samplesOf } from './samples.js';
import { targetForm } from './targets.js';

/** Bytes of preprocessed rows that are made once and held; beyond, each batch is made when it is needed. */
const HELD_BYTES = 512 * 2 ** 20;
/** Bytes of shards that are compared for duplicates; more would take too long. */
const COMPARED_BYTES = 2 ** 30;

/** An output with what was found out about its target. */
export interface PreparedOutput extends LearnedOutput {
  readonly columns: readonly string[];
  /** Names of the classes in the order of their indexes; null without classes. */
  readonly classes: readonly string[] | null;
  /** Training rows of each class; null without classes. */
  readonly classRows: readonly number[] | null;
}

/** Everything that the loop needs of a dataset, and what was found out about it. */
export interface PreparedData {
  readonly train: TrainingData;
  readonly validation: TrainingData;
  readonly preprocessing: Preprocessing;
  /** In the order of the model's. */
  readonly outputs: readonly PreparedOutput[];
  /**
   * Counts validation rows that are the same in every column as a training row; null when there is too much to compare.
   * Reads every row.
   */
  readonly countDuplicates: () => number | null;
}

/** The plan of a run's preprocessing. Throws DATASET_UNREADABLE for a column that the dataset has not. */
function planFor(
  spec: RunSpec,
  dataset: ShardedDataset,
  graph: ModelGraph,
  learned: readonly LearnedOutput[],
): PreprocessingPlan {
  const widths = spec.inputWidths.length > 0 ? spec.inputWidths : [spec.inputColumns.length];
  let from = 0;
  const planned = spec.inputs.map((settings, place) => {
    const names = spec.inputColumns.slice(from, (from += widths[place] ?? 0));
    const columns = names.map((name) => dataset.column(name));
    const shape = graph.inputs[place]?.shape ?? [];
    return { settings, columns, shape, indexes: indexesTaken(graph, place) };
  });
  const targets = learned.map((output): PlannedTarget => {
    const columns = targetColumnsOf(spec, output).columns.map((column) => dataset.column(column));
    return { columns, task: output.target.task, missing: output.target.missing };
  });
  return planOf(planned, targets);
}

/**
 * The classes of an output. Throws DATASET_UNREADABLE when the target has others than the check counted, which the model
 * was made for.
 */
function classesOf(
  fitted: FittedTensor | undefined,
  { columns, classCount }: ReturnType<typeof targetColumnsOf>,
): readonly string[] | null {
  const feature = fitted?.features[0];
  const classes = feature?.kind === 'label' ? feature.categories : null;
  if (classes === null || classes.length === classCount) return classes;
  const detail = `The target "${columns[0] ?? ''}" has ${classes.length} classes, its check counted ${classCount ?? 0}: upload the dataset again.`;
  throw new GradstreamError('DATASET_UNREADABLE', detail);
}

/** Throws RUN_INVALID when an input has another number of values than the model takes. */
function checkShapes({ inputs }: Preprocessing, graph: ModelGraph): void {
  inputs.forEach(({ shape }, place) => {
    const { name = '', shape: wanted = [] } = graph.inputs[place] ?? {};
    if (sizeOf(shape) === sizeOf(wanted)) return;
    const message = `input "${name}" of the model takes ${sizeOf(wanted)} values a row, its columns become ${sizeOf(shape)}`;
    const hint = 'Change the columns, their encoding, or the shape of the input';
    throw new GradstreamError('RUN_INVALID', `The run cannot be trained: ${message}. ${hint}.`, {
      errors: [{ pointer: `/inputs/${place}`, code: 'inputShape', message, hint }],
    });
  });
}

function requireRows(rows: Uint32Array, part: 'train' | 'validation'): void {
  if (rows.length > 0) return;
  const message = `no row is left to ${part === 'train' ? 'train on' : 'validate with'}`;
  const hint = 'Fill missing values in, or change the split';
  throw new GradstreamError('RUN_INVALID', `The run cannot be trained: ${message}. ${hint}.`, {
    errors: [{ pointer: `/split/${part}`, code: 'tooFewRows', message, hint }],
  });
}

/**
 * Splits, fits on the training rows and preprocesses. Throws RUN_INVALID and DATASET_UNREADABLE for a dataset that does not
 * suit the spec.
 */
export function prepareData(dataset: ShardedDataset, spec: RunSpec, graph: ModelGraph): PreparedData {
  const learned = learnedOutputs(spec, graph);
  const plan = planFor(spec, dataset, graph, learned);
  // A stratified split of several targets names its column.
  const [first] = learned;
  const split = splitRows(dataset, rowSplitOf(spec.split, first && targetColumnsOf(spec, first).columns[0]));
  const fitted = fitPreprocessing(dataset, plan, split.train);
  const train = keptRows(fitted, dataset, split.train);
  const validation = keptRows(fitted, dataset, split.validation);
  requireRows(train, 'train');
  requireRows(validation, 'validation');
  // Rows that are left out count for nothing.
  const preprocessing = train.length === split.train.length ? fitted : fitPreprocessing(dataset, plan, train);
  const outputs = learned.map((output, at) => {
    const resolved = targetColumnsOf(spec, output);
    const classes = classesOf(preprocessing.targets[at], resolved);
    return { ...output, columns: resolved.columns, classes };
  });
  checkShapes(preprocessing, graph);
  const inputShapes = graph.inputs.map(({ shape }) => shape);
  const targets = outputs.map((output) => ({
    form: targetForm(output, output.shape),
    classes: output.classes?.length ?? 0,
  }));
  const form = { inputShapes, preprocessing, targets };
  const bytes = dataset.index.shards.reduce((sum, shard) => sum + shard.bytes, 0);
  const held = (train.length + validation.length) * rowBytes(preprocessing) <= HELD_BYTES;
  return {
    train: samplesOf(dataset, train, form, held),
    validation: samplesOf(dataset, validation, form, held),
    preprocessing,
    outputs: countClasses(outputs, dataset, preprocessing, train),
    countDuplicates: () => (bytes <= COMPARED_BYTES ? countDuplicates(dataset, { train, validation }) : null),
  };
}

/** Bytes of a preprocessed row; of a class at most so many ones and zeros. */
function rowBytes({ inputs, targets }: Preprocessing): number {
  const classes = targets.reduce((sum, { features: [feature] }) => {
    return sum + (feature?.kind === 'label' ? feature.categories.length : 0);
  }, 0);
  const tensors = [...inputs, ...targets];
  const values = tensors.reduce((sum, { shape }) => sum + sizeOf(shape), classes);
  return 4 * values;
}

/** Outputs with the training rows of each of their classes. */
function countClasses(
  outputs: readonly Omit<PreparedOutput, 'classRows'>[],
  dataset: ShardedDataset,
  preprocessing: Preprocessing,
  rows: Uint32Array,
): PreparedOutput[] {
  if (outputs.every(({ classes }) => classes === null))
    return outputs.map((output) => ({ ...output, classRows: null }));
  const { targets } = preprocessBatch({ ...preprocessing, inputs: [] }, dataset, rows);
  return outputs.map((output, at) => {
    if (output.classes === null) return { ...output, classRows: null };
    const counts = output.classes.map(() => 0);
    for (const index of targets[at]?.values ?? []) counts[index] = (counts[index] ?? 0) + 1;
    return { ...output, classRows: counts };
  });
}
