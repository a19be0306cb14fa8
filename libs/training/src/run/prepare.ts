// The data of a run: a stored dataset, split and preprocessed as the spec says, as what the loop reads.

import {
  GradstreamError,
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
  type ShardedDataset,
} from '@gradstream/datasets';
import { indexesTaken, type ModelGraph, sizeOf } from '@gradstream/models';
import type { TrainingData } from '../fit/data.js';
import { samplesOf } from './samples.js';
import { targetForm } from './targets.js';

/** Bytes of preprocessed rows that are made once and held; beyond, each batch is made when it is needed. */
const HELD_BYTES = 512 * 2 ** 20;
/** Bytes of shards that are compared for duplicates; more would take too long. */
const COMPARED_BYTES = 2 ** 30;

/** Everything that the loop needs of a dataset, and what was found out about it. */
export interface PreparedData {
  readonly train: TrainingData;
  readonly validation: TrainingData;
  readonly preprocessing: Preprocessing;
  /** Names of the classes in the order of their indexes; null without classes. */
  readonly classes: readonly string[] | null;
  /** Training rows of each class; null without classes. */
  readonly classRows: readonly number[] | null;
  /** Validation rows that are the same in every column as a training row; null when they were not counted. */
  readonly duplicates: number | null;
}

/** The plan of a run's preprocessing. Throws DATASET_UNREADABLE for a column that the dataset has not. */
function planFor(spec: RunSpec, dataset: ShardedDataset, graph: ModelGraph): PreprocessingPlan {
  const widths = spec.inputWidths.length > 0 ? spec.inputWidths : [spec.inputColumns.length];
  let from = 0;
  const planned = spec.inputs.map((settings, place) => {
    const names = spec.inputColumns.slice(from, (from += widths[place] ?? 0));
    const columns = names.map((name) => dataset.column(name));
    const shape = graph.inputs[place]?.shape ?? [];
    return { settings, columns, shape, indexes: indexesTaken(graph, place) };
  });
  const { task, missing } = spec.target;
  return planOf(planned, { columns: targetNames(spec).map((name) => dataset.column(name)), task, missing });
}

const targetNames = ({ target, targetColumns }: RunSpec): readonly string[] =>
  targetColumns.length > 0 || target.column === undefined ? targetColumns : [target.column];

/** Throws DATASET_UNREADABLE when the target has other classes than the check counted, which the model was made for. */
function checkClasses(classes: readonly string[] | null, { classCount, target }: RunSpec): void {
  if (classes === null || classes.length === classCount) return;
  const detail = `The target "${target.column ?? ''}" has ${classes.length} classes, its check counted ${classCount ?? 0}: upload the dataset again.`;
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
  const plan = planFor(spec, dataset, graph);
  const split = splitRows(dataset, rowSplitOf(spec.split, targetNames(spec)[0]));
  const fitted = fitPreprocessing(dataset, plan, split.train);
  const train = keptRows(fitted, dataset, split.train);
  const validation = keptRows(fitted, dataset, split.validation);
  requireRows(train, 'train');
  requireRows(validation, 'validation');
  // Rows that are left out count for nothing.
  const preprocessing = train.length === split.train.length ? fitted : fitPreprocessing(dataset, plan, train);
  const [target] = preprocessing.target?.features ?? [];
  const classes = target?.kind === 'label' ? target.categories : null;
  checkClasses(classes, spec);
  checkShapes(preprocessing, graph);
  const inputShapes = graph.inputs.map(({ shape }) => shape);
  const form = { inputShapes, preprocessing, form: targetForm(spec, graph), classes: classes?.length ?? 0 };
  const bytes = dataset.index.shards.reduce((sum, shard) => sum + shard.bytes, 0);
  const held = (train.length + validation.length) * rowBytes(preprocessing) <= HELD_BYTES;
  return {
    train: samplesOf(dataset, train, form, held),
    validation: samplesOf(dataset, validation, form, held),
    preprocessing,
    classes,
    classRows: classes && countClasses(dataset, preprocessing, train, classes.length),
    duplicates: bytes <= COMPARED_BYTES ? countDuplicates(dataset, { train, validation }) : null,
  };
}

/** Bytes of a preprocessed row; of a class at most so many ones and zeros. */
function rowBytes({ inputs, target }: Preprocessing): number {
  const [feature] = target?.features ?? [];
  const classes = feature?.kind === 'label' ? feature.categories.length : 0;
  const tensors = target === null ? inputs : [...inputs, target];
  const values = tensors.reduce((sum, { shape }) => sum + sizeOf(shape), classes);
  return 4 * values;
}

function countClasses(
  dataset: ShardedDataset,
  { version, target }: Preprocessing,
  rows: Uint32Array,
  classes: number,
): number[] {
  const counts = new Array<number>(classes).fill(0);
  const batch = preprocessBatch({ version, inputs: [], target }, dataset, rows);
  for (const index of batch.target?.values ?? []) counts[index] = (counts[index] ?? 0) + 1;
  return counts;
}
