// From what a run says of its columns to the plan of their preprocessing: pure, by the columns' types alone.

import {
  imageDefaults,
  tokenDefaults,
  type DatasetColumn,
  type FeaturePlan,
  type FeatureType,
  type PreprocessingPlan,
  type RunInput,
  type Task,
} from '@gradstream/contracts';

/** What has to be known of a column. */
export type PlannedColumn = Pick<DatasetColumn, 'name' | 'type'>;

/** An input of a run: what it says, its columns, and the shape of one sample of the model's input. */
export interface PlannedInput {
  readonly settings: RunInput;
  readonly columns: readonly PlannedColumn[];
  readonly shape: readonly number[];
  /** How many indexes the Embedding has that takes the input; null where none does. */
  readonly indexes: number | null;
}

export interface PlannedTarget {
  readonly columns: readonly PlannedColumn[];
  readonly task: Task;
  readonly missing: 'refuse' | 'drop';
}

type Kind = FeaturePlan['kind'];

/** How a column is encoded where nobody says so. A label needs an input that takes one value, such as that of an Embedding. */
function kindByType(type: FeatureType, single: boolean): Kind {
  switch (type) {
    case 'numeric':
    case 'timestamp':
      return 'numeric';
    case 'categorical':
      return single ? 'label' : 'oneHot';
    case 'text':
      return 'tokens';
    case 'image':
    case 'array':
      return type;
  }
}

/** How a column of an input is encoded. */
export function kindOf({ settings, columns, shape }: PlannedInput, { type }: PlannedColumn): Kind {
  const { encode } = settings;
  if (encode === 'number') return 'numeric';
  if (encode !== 'auto') return encode;
  return kindByType(type, columns.length === 1 && shape.every((length) => length === 1));
}

const isNumber = ({ type }: PlannedColumn): boolean => type === 'numeric' || type === 'timestamp';

function missingNumber({ missing }: RunInput): Extract<FeaturePlan, { kind: 'numeric' }>['missing'] {
  if (typeof missing !== 'object') return missing;
  return typeof missing.constant === 'number' ? { constant: missing.constant } : 'refuse';
}

function missingCategory({ missing }: RunInput): Extract<FeaturePlan, { kind: 'label' }>['missing'] {
  if (typeof missing === 'object') return { constant: String(missing.constant) };
  return missing === 'mean' || missing === 'median' ? 'mostFrequent' : missing;
}

/** A text that nothing is known of is an empty one. */
function missingText({ missing }: RunInput): Extract<FeaturePlan, { kind: 'tokens' }>['missing'] {
  if (typeof missing === 'object') return { constant: String(missing.constant) };
  return missing === 'refuse' || missing === 'drop' ? missing : { constant: '' };
}

/** Tokens of a text where neither the run nor the model says how many. */
const MAX_TOKENS = 256;

/** The plan of a column of an input. */
function featureOf(input: PlannedInput, column: PlannedColumn): FeaturePlan {
  const { settings, shape, indexes } = input;
  const kind = kindOf(input, column);
  const named = { column: column.name };
  switch (kind) {
    case 'numeric':
      return { kind, ...named, scale: settings.scale, missing: missingNumber(settings) };
    case 'oneHot':
      // All rows: the width of an input must not depend on the split.
      return { kind, ...named, missing: missingCategory(settings), unknown: 'zeros', categories: 'all' };
    case 'label':
      return { kind, ...named, missing: missingCategory(settings), categories: 'all' };
    case 'tokens': {
      const { tokens: given } = settings;
      const { lowercase, split, padding } = given ?? tokenDefaults;
      const length = shape.length === 1 ? (shape[0] ?? MAX_TOKENS) : MAX_TOKENS;
      const maxLength = given?.maxLength ?? length;
      const vocabularySize = given?.vocabularySize ?? Math.max(3, indexes ?? tokenDefaults.vocabularySize);
      const tokens = { lowercase, split, padding, maxLength, vocabularySize };
      return { kind, ...named, missing: missingText(settings), ...tokens };
    }
    case 'image': {
      const [height, width] = shape.length === 3 ? shape : [];
      const { image } = settings;
      const { offset, factor } = image ?? imageDefaults;
      const size = { height: image?.height ?? height, width: image?.width ?? width };
      return {
        kind,
        ...named,
        ...(size.height === undefined ? {} : { height: size.height }),
        ...(size.width === undefined ? {} : { width: size.width }),
        offset,
        factor,
      };
    }
    case 'array':
      return { kind, ...named, scale: settings.scale };
  }
}

/** The plan of a column of the target. */
function targetFeature({ task, missing }: PlannedTarget, column: PlannedColumn): FeaturePlan {
  const named = { column: column.name };
  if (task === 'classification' || task === 'binary')
    return { kind: 'label', ...named, missing, categories: 'all' };
  if (column.type === 'array') return { kind: 'array', ...named, scale: 'none' };
  return { kind: 'numeric', ...named, scale: 'none', missing };
}

/** The plan of a run. Inputs and targets are in the order of the model's. */
export function planOf(
  inputs: readonly PlannedInput[],
  targets: readonly PlannedTarget[],
): PreprocessingPlan {
  return {
    inputs: inputs.map((input) => ({ features: input.columns.map((column) => featureOf(input, column)) })),
    targets: targets.map((target) => target.columns.map((column) => targetFeature(target, column))),
  };
}

/** Whether a column can be encoded so, and what can. */
export const takenBy: Readonly<Record<Kind, readonly FeatureType[]>> = {
  numeric: ['numeric', 'timestamp'],
  oneHot: ['categorical', 'numeric'],
  label: ['categorical', 'numeric'],
  tokens: ['text', 'categorical'],
  image: ['image'],
  array: ['array'],
};

/** Whether a constant that stands for missing values is one of the column. */
export const suitsConstant = (column: PlannedColumn, constant: number | string): boolean =>
  !isNumber(column) || typeof constant === 'number';
