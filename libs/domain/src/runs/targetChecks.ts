// What is wrong with the target of a run, and how many classes or numbers it has.

import { countOf, type DatasetColumn, type ProblemItem, type RunTarget } from '@gradstream/contracts';
import { sizeOf } from '@gradstream/models';
import { resolveColumns } from './inputs.js';

/** More classes than these are more likely a mistake. */
const MAX_CLASSES = 1000;

/** A target, and where it is in the posted spec. */
export interface PlacedTarget {
  readonly target: RunTarget;
  readonly pointer: string;
}

export interface ResolvedTarget {
  readonly columns: readonly DatasetColumn[];
  readonly problems: readonly ProblemItem[];
  /** Null where it has no classes, or they are not known. */
  readonly classCount: number | null;
  /** Classes, labels or numbers of one target; null when it is not known. */
  readonly size: number | null;
}

/** The columns of the target. */
function targetColumns(
  { target, pointer }: PlacedTarget,
  known: readonly DatasetColumn[],
  problems: ProblemItem[],
): DatasetColumn[] {
  if (target.columns !== undefined)
    return resolveColumns(target.columns, known, (index) => `${pointer}/columns/${index}`, problems);
  const found = known.filter(({ name }) => name === target.column);
  if (found.length === 0) {
    const last = known.slice(-10).map(({ name }) => name);
    problems.push({
      pointer: `${pointer}/column`,
      code: 'unknownColumn',
      message: `the dataset has no column "${target.column ?? ''}"`,
      hint: `Its columns: ${last.join(', ')}`,
    });
  }
  return found;
}

/** Problems of a column that holds classes, and how many there are. */
function classesOf(
  { name, type, distinct }: DatasetColumn,
  task: 'classification' | 'binary',
  pointer: string,
) {
  const refused = (code: string, message: string, hint: string) => ({
    problems: [{ pointer, code, message, hint }],
    classCount: null,
  });
  if (type !== 'categorical' && type !== 'numeric')
    return refused('columnType', `column "${name}" is ${type}`, 'Classes are categories or numbers');
  if (task === 'binary' && distinct !== 2) {
    const counted = distinct === null ? 'too many distinct values' : countOf(distinct, 'distinct value');
    const hint = distinct === 1 ? 'Add rows of the other class' : 'Use the task "classification"';
    return refused('notBinary', `column "${name}" has ${counted}, a binary target has 2`, hint);
  }
  if (distinct === null || distinct >= MAX_CLASSES) {
    const message = `column "${name}" has ${MAX_CLASSES} or more distinct values`;
    return refused('tooManyClasses', message, 'Use the task "regression", or a target with fewer classes');
  }
  return { problems: [], classCount: distinct };
}

/** Problems of columns that hold numbers; of a multilabel zeros and ones. */
function numberProblems(
  columns: readonly DatasetColumn[],
  task: 'multilabel' | 'regression',
  pointer: string,
): ProblemItem[] {
  return columns.flatMap(({ name, type, min, max }) => {
    if (type !== 'numeric' && !(type === 'array' && columns.length === 1)) {
      const message = `${task} needs numbers, "${name}" is ${type}`;
      const hint = 'Use the task "classification", or another column';
      return [{ pointer, code: 'notNumeric', message, hint }];
    }
    if (task === 'regression' || (Number(min ?? 0) >= 0 && Number(max ?? 0) <= 1)) return [];
    const message = `column "${name}" has values from ${String(min)} to ${String(max)}`;
    return [{ pointer, code: 'notLabels', message, hint: 'A multilabel target holds zeros and ones' }];
  });
}

/** Resolves and checks the target of one output. */
export function checkTarget(placed: PlacedTarget, known: readonly DatasetColumn[]): ResolvedTarget {
  const { target } = placed;
  const { task } = target;
  const problems: ProblemItem[] = [];
  const columns = targetColumns(placed, known, problems);
  const [first, ...more] = columns;
  const pointer = `${placed.pointer}/${target.columns === undefined ? 'column' : 'columns'}`;
  const none = { columns, classCount: null, size: null };
  if (first === undefined || problems.length > 0) return { ...none, problems };
  for (const { name, missing } of columns) {
    if (missing === 0 || target.missing === 'drop') continue;
    const message = `column "${name}" has ${countOf(missing, 'missing value')}`;
    const hint = 'Set "missing" of the target to "drop", or fill them in';
    problems.push({ pointer, code: 'missingValues', message, hint });
  }
  if (task === 'classification' || task === 'binary') {
    if (more.length > 0) {
      const message = `the task ${task} has one column, ${columns.length} are named`;
      const hint = 'Name one, or use the task "multilabel"';
      return { ...none, problems: [...problems, { pointer, code: 'severalTargets', message, hint }] };
    }
    const classes = classesOf(first, task, pointer);
    const { classCount } = classes;
    return { columns, problems: [...problems, ...classes.problems], classCount, size: classCount };
  }
  problems.push(...numberProblems(columns, task, pointer));
  const count = first.type === 'array' ? sizeOf(first.shape) : columns.length;
  return { columns, problems, classCount: null, size: count };
}
