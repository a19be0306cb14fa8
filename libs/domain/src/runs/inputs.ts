// Which columns the inputs of a run have, and which input of the model each is for.

import {
  countOf,
  type ValidateRun,
  type DatasetColumn,
  type ProblemItem,
  type RunInput,
} from '@gradstream/contracts';
import { columnRange } from '@gradstream/datasets';
import type { ModelGraph } from '@gradstream/models';

/** An input of a run with its columns. */
export interface ResolvedInput {
  readonly settings: RunInput;
  readonly columns: readonly DatasetColumn[];
  /** Where it is in the posted spec. */
  readonly pointer: string;
}

/** The columns that names and ranges stand for; those that are not known are problems. */
export function resolveColumns(
  expressions: readonly string[],
  columns: readonly DatasetColumn[],
  pointerOf: (index: number) => string,
  problems: ProblemItem[],
): DatasetColumn[] {
  const known = columns.map(({ name }) => name);
  const byName = new Map(columns.map((column) => [column.name, column]));
  return expressions.flatMap((expression, index) => {
    const names = columnRange(expression, known);
    if (names) return names.flatMap((name) => byName.get(name) ?? []);
    const shown = known.slice(0, 10).join(', ');
    problems.push({
      pointer: pointerOf(index),
      code: 'unknownColumn',
      message: `the dataset has no column or range "${expression}"`,
      hint: `It has ${countOf(known.length, 'column')}: ${shown}${known.length > 10 ? ' …' : ''}`,
    });
    return [];
  });
}

/** Every numeric column but the target; where there is none, the only other column. */
function allColumns(
  columns: readonly DatasetColumn[],
  targets: ReadonlySet<string>,
  pointer: string,
  problems: ProblemItem[],
): readonly DatasetColumn[] {
  const others = columns.filter(({ name }) => !targets.has(name));
  const numeric = others.filter(({ type }) => type === 'numeric');
  if (numeric.length > 0) return numeric;
  if (others.length === 1) return others;
  const message = `the dataset has no numeric column but the target, and ${countOf(others.length, 'other column')}`;
  problems.push({ pointer: `${pointer}/all`, code: 'noColumns', message, hint: 'Name the columns' });
  return [];
}

/** The columns of each input, as they are posted. */
export function resolveInputs(
  { inputs }: ValidateRun,
  columns: readonly DatasetColumn[],
  targets: ReadonlySet<string>,
  problems: ProblemItem[],
): ResolvedInput[] {
  return inputs.map((settings, place) => {
    const pointer = `/inputs/${place}`;
    const own =
      settings.columns === undefined
        ? allColumns(columns, targets, pointer, problems)
        : resolveColumns(settings.columns, columns, (index) => `${pointer}/columns/${index}`, problems);
    return { settings, columns: own, pointer };
  });
}

/** Inputs in the order of the model's: by their names, where they have some. A mismatch is a problem, and changes nothing. */
export function orderInputs(
  inputs: readonly ResolvedInput[],
  graph: ModelGraph,
  problems: ProblemItem[],
): readonly ResolvedInput[] {
  const names = graph.inputs.map(({ name }) => name);
  const before = problems.length;
  const hint = `The model's inputs are ${names.join(', ')}`;
  if (inputs.length !== names.length) {
    const message = `the run gives ${countOf(inputs.length, 'input')}, the model takes ${names.length}`;
    problems.push({ pointer: '/inputs', code: 'inputCount', message, hint });
  }
  const named = inputs.filter(({ settings }) => settings.name !== undefined);
  if (named.length === 0) return inputs;
  inputs.forEach(({ settings: { name }, pointer }, place) => {
    if (name === undefined)
      problems.push({ pointer, code: 'unnamedInput', message: 'has no name, others have', hint });
    else if (!names.includes(name))
      problems.push({
        pointer: `${pointer}/name`,
        code: 'unknownInput',
        message: `the model has no input "${name}"`,
        hint,
      });
    else if (inputs.findIndex(({ settings }) => settings.name === name) < place)
      problems.push({
        pointer: `${pointer}/name`,
        code: 'duplicateInput',
        message: `the input "${name}" is given twice`,
        hint,
      });
  });
  if (problems.length > before) return inputs;
  return names.flatMap((name) => inputs.filter(({ settings }) => settings.name === name));
}
