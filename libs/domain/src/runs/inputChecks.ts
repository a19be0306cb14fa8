// What is wrong with the columns of an input, by themselves and with the model's input.

import {
  countOf,
  type Dataset,
  type DatasetColumn,
  type FeaturePlan,
  type ProblemItem,
} from '@gradstream/contracts';
import { kindOf, planOf, suitsConstant, takenBy, type PlannedInput } from '@gradstream/datasets';
import { indexesTaken, type ModelGraph, sizeOf } from '@gradstream/models';
import type { ResolvedInput } from './inputs.js';

type Kind = FeaturePlan['kind'];
interface Column {
  readonly column: DatasetColumn;
  readonly kind: Kind;
}

/** An input as it is planned. Without a model nothing is known of its shape. */
export const plannedInput = (
  { settings, columns }: ResolvedInput,
  graph: ModelGraph | null,
  place: number,
): PlannedInput => ({
  settings,
  columns,
  shape: graph?.inputs[place]?.shape ?? [],
  indexes: graph && indexesTaken(graph, place),
});

/** Types of columns that were said when the dataset was made; the others were inferred. */
type ChosenTypes = Dataset['columnTypes'];

/** How a column becomes a text whose type was inferred to be another one; null where its type was chosen. */
function textOverride({ name, type }: DatasetColumn, chosen: ChosenTypes): string | null {
  if (type === 'text' || Object.hasOwn(chosen, name)) return null;
  const types = JSON.stringify({ [name]: 'text' });
  return `that "${name}" is ${type} was inferred from its values; to override it, make the dataset with "columnTypes": ${types} (command line: --type ${name}=text)`;
}

function typeProblems(columns: readonly Column[], pointer: string, chosen: ChosenTypes): ProblemItem[] {
  return columns.flatMap(({ column, kind }) => {
    const { name, type } = column;
    if (takenBy[kind].includes(type)) return [];
    const message = `column "${name}" is ${type}, which cannot be encoded as ${kind}`;
    const override = takenBy[kind].includes('text') ? textOverride(column, chosen) : null;
    const hint = `It takes ${takenBy[kind].join(' or ')}: use another encoding, or leave the column out${override === null ? '' : `; ${override}`}`;
    return [{ pointer, code: 'columnType', message, hint }];
  });
}

/** Texts and images have a shape of their own. */
function joinProblems(columns: readonly Column[], pointer: string): ProblemItem[] {
  const alone = columns.find(({ kind }) => kind === 'tokens' || kind === 'image');
  if (columns.length < 2 || alone === undefined) return [];
  const message = `column "${alone.column.name}" cannot be joined to others, for it becomes ${alone.kind}`;
  return [{ pointer, code: 'cannotJoin', message, hint: 'Give it an input of its own' }];
}

function missingProblems({ settings, columns }: ResolvedInput, pointer: string): ProblemItem[] {
  const { missing } = settings;
  return columns
    .filter((column) => column.missing > 0)
    .flatMap((column) => {
      const { name } = column;
      if (missing === 'refuse') {
        const message = `column "${name}" has ${countOf(column.missing, 'missing value')}`;
        const hint = 'Set "missing" of the input, such as "median" or "drop", or fill them in';
        return [{ pointer, code: 'missingValues', message, hint }];
      }
      if (typeof missing !== 'object' || suitsConstant(column, missing.constant)) return [];
      const message = `column "${name}" is ${column.type}, and the constant for its missing values is a text`;
      const at = pointer.replace(/columns$/, 'missing/constant');
      return [{ pointer: at, code: 'notNumeric', message, hint: 'Give a number' }];
    });
}

/** Settings that no column uses: they would be ignored. */
function unusedProblems({ settings, pointer }: ResolvedInput, kinds: readonly Kind[]): ProblemItem[] {
  const unused: readonly (readonly [string, boolean, readonly Kind[]])[] = [
    ['scale', settings.scale !== 'none', ['numeric', 'array']],
    ['tokens', settings.tokens !== undefined, ['tokens']],
    ['image', settings.image !== undefined, ['image']],
  ];
  return unused
    .filter(([, given, users]) => given && kinds.length > 0 && !kinds.some((kind) => users.includes(kind)))
    .map(([name, , users]) => ({
      pointer: `${pointer}/${name}`,
      code: 'notUsed',
      message: `is for columns that become ${users.join(' or ')}, and there is none`,
      hint: 'Leave it out, or change the encoding',
    }));
}

/** Problems of the columns of an input. */
export function checkInput(
  input: ResolvedInput,
  graph: ModelGraph | null,
  place: number,
  chosen: ChosenTypes,
): ProblemItem[] {
  const planned = plannedInput(input, graph, place);
  const columns = input.columns.map((column) => ({ column, kind: kindOf(planned, column) }));
  const pointer = `${input.pointer}/columns`;
  const names = input.columns.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  const duplicate = {
    pointer,
    code: 'duplicateColumn',
    message: `column "${twice ?? ''}" is named twice`,
    hint: 'Name it once; ranges include both ends',
  };
  return [
    ...missingProblems(input, pointer),
    ...typeProblems(columns, pointer, chosen),
    ...joinProblems(columns, pointer),
    ...unusedProblems(
      input,
      columns.map(({ kind }) => kind),
    ),
    ...(twice === undefined ? [] : [duplicate]),
  ];
}

/** Values that a column becomes; null where that is known only in training. */
function widthOf(feature: FeaturePlan, { shape, distinct, missing }: DatasetColumn): number | null {
  switch (feature.kind) {
    case 'numeric':
    case 'label':
      return 1;
    case 'oneHot':
      // A constant may be a category of its own.
      return missing > 0 && typeof feature.missing === 'object' ? null : distinct;
    case 'tokens':
      return feature.maxLength;
    case 'image':
      return (feature.height ?? shape[0] ?? 1) * (feature.width ?? shape[1] ?? 1) * (shape[2] ?? 1);
    case 'array':
      return sizeOf(shape);
  }
}

/** Whether what the columns become fills the model's input, and has a place in its Embedding. */
export function checkInputShape(
  input: ResolvedInput,
  graph: ModelGraph,
  place: number,
  chosen: ChosenTypes,
): ProblemItem[] {
  const planned = plannedInput(input, graph, place);
  const features = planOf([planned], []).inputs[0]?.features ?? [];
  const pointer = `${input.pointer}/columns`;
  const { shape, indexes } = planned;
  const widths = features.map((feature, index) => {
    const column = input.columns[index];
    return column === undefined ? null : widthOf(feature, column);
  });
  const problems = features.flatMap((feature, index) =>
    indexProblems(feature, input.columns[index]?.distinct ?? null, indexes, input.pointer),
  );
  if (widths.includes(null)) return problems;
  const width = widths.reduce<number>((sum, one) => sum + (one ?? 0), 0);
  const size = sizeOf(shape);
  if (size === width) return problems;
  const plain = features.every(({ kind }) => kind === 'numeric');
  const given = plain ? countOf(width, 'column') : `columns that become ${countOf(width, 'value')}`;
  const message = `the model takes an input of shape [${shape.join(', ')}], which is ${countOf(size, 'value')} a row; the run gives ${given}`;
  // Categories before an Embedding are words, mostly.
  const words = indexes === null ? undefined : input.columns.find(({ type }) => type === 'categorical');
  if (words) {
    const override = textOverride(words, chosen);
    const hint = `The model takes token ids: set "encode": "tokens" of the input${override === null ? '' : `; or, ${override}`}`;
    return [...problems, { pointer, code: 'inputShape', message, hint }];
  }
  const hint = plain
    ? 'Name as many columns as the input has values, or change the input shape of the model'
    : 'Change the columns or their encoding, or the input shape of the model';
  return [...problems, { pointer, code: 'inputShape', message, hint }];
}

/** Indexes for which an Embedding has no vector. */
function indexProblems(
  feature: FeaturePlan,
  distinct: number | null,
  indexes: number | null,
  pointer: string,
): ProblemItem[] {
  const needed =
    feature.kind === 'tokens' ? feature.vocabularySize : feature.kind === 'label' ? distinct : null;
  if (indexes === null || needed === null || needed <= indexes) return [];
  const message = `column "${feature.column}" becomes up to ${needed} indexes, the Embedding of the model has ${indexes}`;
  const at = feature.kind === 'tokens' ? `${pointer}/tokens/vocabularySize` : `${pointer}/columns`;
  return [{ pointer: at, code: 'embeddingSize', message, hint: 'Make its input_dim as large' }];
}
