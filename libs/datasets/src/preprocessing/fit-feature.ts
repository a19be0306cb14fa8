// Fits one column on the training rows.

import { type FeaturePlan, type FittedFeature } from '@gradstream/contracts';
import { sizeOf } from '../shards/layout.js';
import type { ShardedDataset } from '../shards/reader.js';
import { allRows } from '../splits/split.js';
import { columnOfDataset, type ColumnValues } from './column-values.js';
import { fitCategory, fitNumber } from './fill.js';
import { labelsOf, sortClasses } from './labels.js';
import { numbersOf } from './numbers.js';
import { invalid } from './planChecks.js';
import { fitScaling, type ScaleMethod } from './scale.js';
import { tokensOf, VocabularyCounter } from './tokenize.js';

/** Rows of a text column that are read at a time. */
const TEXT_ROWS = 4096;
/** Categories that can be had as vectors or indexes. */
const MAX_LABELS = 65_536;

type PlanOf<K extends FeaturePlan['kind']> = Extract<FeaturePlan, { kind: K }>;
type FittedOf<K extends FittedFeature['kind']> = Extract<FittedFeature, { kind: K }>;

/** What fitting sees: the dataset, the training rows, and where in the plan it is. */
export interface FitContext {
  readonly dataset: ShardedDataset;
  readonly rows: Uint32Array;
  readonly pointer: string;
}

/** Offset and factor of a column whose missing values are filled. */
function fitScale(values: Float64Array, method: ScaleMethod): { offset: number; factor: number } {
  const { offset, factor } = fitScaling(values, 1, method);
  return { offset: offset[0] ?? 0, factor: factor[0] ?? 1 };
}

/**
 * What stands in for missing numbers, as a shard would have it: a float32, so that 0.1 is the 0.1 of the column. Moments are
 * float64. Throws RUN_INVALID for a constant that is no float32.
 */
function storedFill(fill: number | null, { type }: ColumnValues, pointer: string): number | null {
  if (fill === null || type === 'timestamp') return fill;
  const stored = Math.fround(fill);
  if (Number.isFinite(stored)) return stored;
  throw invalid(pointer, `the constant ${fill} is beyond float32`, 'Take one below 3.4e38');
}

function fitNumeric(
  plan: PlanOf<'numeric'>,
  values: ColumnValues,
  { pointer }: FitContext,
): FittedOf<'numeric'> {
  const numbers = numbersOf(values);
  const present = numbers.filter((value) => !Number.isNaN(value));
  const { dropped, ...filling } = fitNumber(present, plan.missing);
  const fill = storedFill(filling.fill, values, pointer);
  const filled = fill === null ? present : numbers.map((value) => (Number.isNaN(value) ? fill : value));
  if (filled.length === 0)
    throw invalid(pointer, `column "${plan.column}" has no values in the training rows`, 'Leave it out');
  return {
    kind: 'numeric',
    column: plan.column,
    type: values.type,
    fill,
    dropped,
    ...fitScale(filled, plan.scale),
  };
}

function fitCategories(
  plan: PlanOf<'oneHot'> | PlanOf<'label'>,
  values: ColumnValues,
  { dataset, pointer }: FitContext,
): FittedOf<'oneHot'> | FittedOf<'label'> {
  const training = labelsOf(values);
  const { names, codes } =
    plan.categories === 'training'
      ? training
      : labelsOf(columnOfDataset(dataset, plan.column, allRows(dataset.rows)));
  const used = new Set<string>();
  for (const code of new Set(codes)) if (code >= 0) used.add(names[code] ?? '');
  const filling = fitCategory(training, plan.missing);
  // Of all rows it is known whether any has need of it.
  if (filling.fill !== null && (plan.categories === 'training' || codes.includes(-1))) used.add(filling.fill);
  if (used.size === 0) throw invalid(pointer, `column "${plan.column}" has no values`, 'Leave it out');
  if (used.size > MAX_LABELS)
    throw invalid(
      pointer,
      `column "${plan.column}" has ${used.size} categories`,
      `At most ${MAX_LABELS} can be told apart`,
    );
  const shared = { column: plan.column, type: values.type, ...filling, categories: sortClasses(used) };
  return plan.kind === 'label'
    ? { kind: 'label', ...shared }
    : { kind: 'oneHot', ...shared, unknown: plan.unknown };
}

function fitTokens(plan: PlanOf<'tokens'>, { dataset, rows }: FitContext): FittedOf<'tokens'> {
  const { column, missing, vocabularySize, ...settings } = plan;
  const counter = new VocabularyCounter();
  const fill = typeof missing === 'object' ? missing.constant : null;
  const { type } = dataset.column(column);
  for (let from = 0; from < rows.length; from += TEXT_ROWS) {
    const values = columnOfDataset(dataset, column, rows.subarray(from, from + TEXT_ROWS));
    for (const text of textsOf(values)) {
      const given = text ?? fill;
      if (given !== null) counter.add(tokensOf(given, settings));
    }
  }
  const vocabulary = counter.vocabulary(vocabularySize);
  return { ...settings, column, type, fill, dropped: missing === 'drop', vocabulary };
}

/** The texts of a text or a categorical column. */
export function textsOf({ texts, values, categories, rows }: ColumnValues): readonly (string | null)[] {
  return texts ?? Array.from({ length: rows }, (_, row) => categories?.[values[row] ?? -1] ?? null);
}

function fitArray({ column, scale }: PlanOf<'array'>, { dataset, rows }: FitContext): FittedOf<'array'> {
  const { type, shape } = dataset.column(column);
  const size = sizeOf(shape);
  if (scale === 'none')
    return {
      kind: 'array',
      column,
      type,
      shape,
      offset: new Array<number>(size).fill(0),
      factor: new Array<number>(size).fill(1),
    };
  const { offset, factor } = fitScaling(dataset.take(column, rows), size, scale);
  return { kind: 'array', column, type, shape, offset: [...offset], factor: [...factor] };
}

function fitImage(plan: PlanOf<'image'>, { dataset }: FitContext): FittedOf<'image'> {
  const { kind, column, offset, factor } = plan;
  const { type, shape } = dataset.column(column);
  const [rows = 1, columns = 1, channels = 1] = shape;
  const { height = rows, width = columns } = plan;
  return { kind, column, type, stored: [rows, columns, channels], height, width, offset, factor };
}

/** Fits a feature. Memory: its column for the training rows. The plan has been checked. Throws RUN_INVALID when there is
 * nothing to fit on. */
export function fitFeature(plan: FeaturePlan, context: FitContext): FittedFeature {
  const { dataset, rows } = context;
  switch (plan.kind) {
    case 'numeric':
      return fitNumeric(plan, columnOfDataset(dataset, plan.column, rows), context);
    case 'oneHot':
    case 'label':
      return fitCategories(plan, columnOfDataset(dataset, plan.column, rows), context);
    case 'tokens':
      return fitTokens(plan, context);
    case 'image':
      return fitImage(plan, context);
    case 'array':
      return fitArray(plan, context);
  }
}
