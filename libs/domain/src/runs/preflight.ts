// What is wrong with a run before it starts, from the spec, the model and the dataset's columns alone. A part that
// is missing or not ready is reported by the caller; what can be said of the others is said all the same.

import {
  countOf,
  type ColumnType,
  type CreateRun,
  type Dataset,
  type DatasetColumn,
  type MemoryEstimate,
  type ProblemItem,
} from '@gradstream/contracts';
import { columnRange, splitSizes } from '@gradstream/datasets';
import {
  checkOutput,
  checkStructure,
  takesClassIndexes,
  toProblems,
  toWarnings,
  type Finding,
  type ModelGraph,
} from '@gradstream/models';
import { checkMemory, memoryOf, resolveActivations } from '../models/memory.js';
import { checkSettings } from './settingsChecks.js';

/** The check of a dataset counts distinct values up to here. */
const MAX_CLASSES = 1000;

/** What a spec comes to with a dataset. */
interface Data {
  readonly problems: ProblemItem[];
  readonly inputColumns: string[];
  readonly classCount: number | null;
  readonly targetType: ColumnType;
}

/** What a spec comes to with a dataset and a model. */
export interface Preflight extends Data {
  /** With `auto` resolved. */
  readonly checkpointing: CreateRun['checkpointing'];
  readonly warnings: ProblemItem[];
  /** Null without a model. */
  readonly memory: MemoryEstimate | null;
}

/** The model of a run. */
export interface RunModel {
  readonly graph: ModelGraph;
  /** Null where its definition is in the spec: then pointers lead into that. */
  readonly id: string | null;
}

/** The names of the input columns, in order. */
function resolveInputs(
  spec: CreateRun,
  columns: readonly DatasetColumn[],
  problems: ProblemItem[],
): string[] {
  const [input] = spec.inputs;
  if (input.columns === undefined) {
    return columns
      .filter((column) => column.type === 'numeric' && column.name !== spec.target.column)
      .map(({ name }) => name);
  }
  const known = columns.map((column) => column.name);
  return input.columns.flatMap((expression, index) => {
    const names = columnRange(expression, known);
    if (names) return names;
    const shown = known.slice(0, 10).join(', ');
    problems.push({
      pointer: `/inputs/0/columns/${index}`,
      code: 'unknownColumn',
      message: `the dataset has no column or range "${expression}"`,
      hint: `It has ${countOf(known.length, 'column')}: ${shown}${known.length > 10 ? ' …' : ''}`,
    });
    return [];
  });
}

/** Problems of the columns that are used. */
function checkColumns(
  names: readonly string[],
  spec: CreateRun,
  columns: ReadonlyMap<string, DatasetColumn>,
): ProblemItem[] {
  const problems: ProblemItem[] = [];
  const used = [...names, spec.target.column];
  for (const name of new Set(used)) {
    const column = columns.get(name);
    const pointer = name === spec.target.column ? '/target/column' : '/inputs/0/columns';
    if (!column) continue;
    if (column.missing > 0) {
      const hint = 'Fill them in or leave those rows out';
      problems.push({
        pointer,
        code: 'missingValues',
        message: `column "${name}" has ${countOf(column.missing, 'missing value')}`,
        hint,
      });
    }
    if (pointer === '/inputs/0/columns' && column.type !== 'numeric') {
      const hint = 'Inputs are numbers: leave it out, or encode it as numbers';
      problems.push({ pointer, code: 'notNumeric', message: `column "${name}" is ${column.type}`, hint });
    }
  }
  if (names.includes(spec.target.column)) {
    const hint = 'A network that sees the answer learns nothing: leave it out of the inputs';
    problems.push({
      pointer: '/inputs/0/columns',
      code: 'targetAmongInputs',
      message: `the target "${spec.target.column}" is among the inputs`,
      hint,
    });
  }
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    problems.push({
      pointer: '/inputs/0/columns',
      code: 'duplicateColumn',
      message: `column "${twice}" is named twice`,
      hint: 'Name it once; ranges include both ends',
    });
  }
  return problems;
}

/** The same of a target that has to have two values. */
function binaryTarget({ name, distinct }: DatasetColumn): {
  problems: ProblemItem[];
  classCount: number | null;
} {
  if (distinct === 2) return { problems: [], classCount: 2 };
  const message = `column "${name}" has ${countOf(distinct, 'distinct value')}, a binary target has 2`;
  const hint = distinct > 2 ? 'Use the task "classification"' : 'Add rows of the other class';
  return {
    problems: [{ pointer: '/target/column', code: 'notBinary', message, hint }],
    classCount: null,
  };
}

/** Problems of the target, and the number of its classes. */
function checkTarget(
  spec: CreateRun,
  target: DatasetColumn | undefined,
  known: readonly DatasetColumn[],
): { problems: ProblemItem[]; classCount: number | null } {
  if (!target) {
    const hint = `Its columns: ${known
      .slice(-10)
      .map(({ name }) => name)
      .join(', ')}`;
    return {
      problems: [
        {
          pointer: '/target/column',
          code: 'unknownColumn',
          message: `the dataset has no column "${spec.target.column}"`,
          hint,
        },
      ],
      classCount: null,
    };
  }
  if (spec.target.task === 'classification' && target.distinct >= MAX_CLASSES) {
    const hint = 'Use the task "regression", or a target with fewer classes';
    const message = `column "${target.name}" has ${MAX_CLASSES} or more distinct values`;
    return {
      problems: [{ pointer: '/target/column', code: 'tooManyClasses', message, hint }],
      classCount: null,
    };
  }
  if (spec.target.task === 'classification') return { problems: [], classCount: target.distinct };
  if (spec.target.task === 'binary') return binaryTarget(target);
  if (target.type === 'numeric') return { problems: [], classCount: null };
  const hint = 'Use the task "classification", or another column';
  return {
    problems: [
      {
        pointer: '/target/column',
        code: 'notNumeric',
        message: `regression needs numbers, "${target.name}" is ${target.type}`,
        hint,
      },
    ],
    classCount: null,
  };
}

/** Problems of the rows: every part of the split needs at least one. */
function checkRows(spec: CreateRun, rows: number): ProblemItem[] {
  const parts = splitSizes(rows, spec.split);
  if (parts.train > 0 && parts.validation > 0) return [];
  return [
    {
      pointer: '/split',
      code: 'tooFewRows',
      message: `a part of the split is empty with ${countOf(rows, 'row')}`,
      hint: 'Add rows, or make the smaller part larger',
    },
  ];
}

/** What does not fit between the spec and the data. */
function checkData(spec: CreateRun, dataset: Dataset): Data {
  const columns = dataset.columns ?? [];
  const byName = new Map(columns.map((column) => [column.name, column]));
  const problems: ProblemItem[] = [];
  const inputColumns = resolveInputs(spec, columns, problems);
  problems.push(...checkColumns(inputColumns, spec, byName));
  const { classCount, ...target } = checkTarget(spec, byName.get(spec.target.column), columns);
  problems.push(...target.problems, ...checkRows(spec, dataset.rowCount ?? 0));
  const targetType = byName.get(spec.target.column)?.type ?? 'numeric';
  return { problems, inputColumns, classCount, targetType };
}

/** Whether the columns fill the model's input. */
function checkInputShape(graph: ModelGraph, inputColumns: readonly string[]): ProblemItem[] {
  const { inputs, outputs, inputShape } = graph;
  if (inputs.length !== 1 || outputs.length !== 1) {
    const message = `the model has ${countOf(inputs.length, 'input')} and ${countOf(outputs.length, 'output')}, a run gives one input and one target`;
    const hint = 'Use a model with one input and one output';
    return [{ pointer: '/model', code: 'severalInputs', message, hint }];
  }
  const size = inputShape.reduce((product, length) => product * length, 1);
  if (size === inputColumns.length) return [];
  const message = `the model takes an input of shape [${inputShape.join(', ')}], which is ${countOf(size, 'value')} a row; the run gives ${countOf(inputColumns.length, 'column')}`;
  const hint = 'Name as many columns as the input has values, or change the input shape of the model';
  return [{ pointer: '/inputs/0/columns', code: 'inputShape', message, hint }];
}

/** What is to be said of the model, by itself and with the loss and the target. */
function checkModel(spec: CreateRun, { graph, id }: RunModel, classCount: number | null): Finding[] {
  const { loss } = spec;
  const { task } = spec.target;
  const size = task === 'regression' ? 1 : classCount;
  // The trainer writes classes as the loss takes them.
  const classes = task !== 'classification' || takesClassIndexes(loss.name) ? 'indexes' : 'oneHot';
  const structure = checkStructure(graph, spec.batchSize).map((finding) => ({
    ...finding,
    pointer: id === null ? `/model${finding.pointer}` : '/model',
  }));
  return [...checkOutput(graph, { task, loss, classes, size }), ...structure];
}

/**
 * All that is wrong, with a JSON pointer into the posted spec. Null: that part cannot be looked at. `memoryLimit` is in
 * bytes, null for none.
 */
export function preflight(
  spec: CreateRun,
  model: RunModel | null,
  dataset: Dataset | null,
  memoryLimit: number | null,
): Preflight {
  const data: Data = dataset
    ? checkData(spec, dataset)
    : { problems: [], inputColumns: [], classCount: null, targetType: 'numeric' };
  const problems = [...data.problems];
  // Unknown columns and ranges make the count of inputs meaningless.
  const countable = dataset !== null && !problems.some(({ pointer }) => pointer?.startsWith('/inputs'));
  if (model && countable) problems.push(...checkInputShape(model.graph, data.inputColumns));
  const findings = model ? checkModel(spec, model, data.classCount) : [];
  const checkpointing = model ? resolveActivations(model.graph, spec, memoryLimit) : spec.checkpointing;
  const memory = model && memoryOf(model.graph, { ...spec, checkpointing });
  problems.push(...toProblems(findings), ...(memory ? checkMemory(memory, memoryLimit) : []));
  return {
    ...data,
    checkpointing,
    problems: [...problems, ...checkSettings(spec, data.classCount)],
    warnings: toWarnings(findings),
    memory,
  };
}
