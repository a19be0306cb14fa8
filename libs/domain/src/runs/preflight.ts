// What is wrong with a run before it starts, from the spec, the model and the dataset's columns alone. A part that
// is missing or not ready is reported by the caller; what can be said of the others is said all the same.

import {
  countOf,
  type CreateRun,
  type Dataset,
  type FeatureStatistics,
  type FeatureType,
  type MemoryEstimate,
  type ProblemItem,
} from '@gradstream/contracts';
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
import { checkInput, checkInputShape } from './inputChecks.js';
import { orderInputs, resolveInputs, type ResolvedInput } from './inputs.js';
import { checkSettings } from './settingsChecks.js';
import { checkSplit } from './splitChecks.js';
import { checkTarget } from './targetChecks.js';

/** What a spec comes to with a dataset. */
interface Data {
  readonly problems: ProblemItem[];
  /** In the order of the model's. */
  readonly inputs: CreateRun['inputs'];
  readonly inputColumns: string[];
  readonly inputWidths: number[];
  readonly targetColumns: string[];
  readonly classCount: number | null;
  readonly targetType: FeatureType;
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

/** A dataset; with its statistics where the split needs them. */
export type KnownDataset = Dataset & { readonly statistics?: readonly FeatureStatistics[] };

/** What does not fit between the spec, the data and the model's inputs; and the size of the target. */
function checkData(
  spec: CreateRun,
  dataset: KnownDataset,
  graph: ModelGraph | null,
): Data & { readonly size: number | null } {
  const known = dataset.columns ?? [];
  const problems: ProblemItem[] = [];
  const { columns: target, problems: wrong, classCount, size } = checkTarget(spec, known);
  const targets = new Set(target.map(({ name }) => name));
  const posted = resolveInputs(spec, known, targets, problems);
  // Unknown columns and ranges make the count of values meaningless.
  const countable = problems.length === 0;
  const inputs = graph ? orderInputs(posted, graph, problems) : posted;
  inputs.forEach((input, place) => {
    problems.push(...checkInput(input, graph, place), ...targetProblems(input, targets));
  });
  if (graph && countable && problems.length === 0)
    inputs.forEach((input, place) => problems.push(...checkInputShape(input, graph, place)));
  problems.push(...wrong, ...checkSplit(spec, dataset, target[0]?.name, dataset.statistics ?? null));
  return {
    problems,
    inputs: inputs.map(({ settings }) => settings),
    inputColumns: inputs.flatMap((input) => input.columns.map(({ name }) => name)),
    inputWidths: inputs.map((input) => input.columns.length),
    targetColumns: [...targets],
    classCount,
    targetType: target[0]?.type ?? 'numeric',
    size,
  };
}

function targetProblems({ columns, pointer }: ResolvedInput, targets: ReadonlySet<string>): ProblemItem[] {
  const seen = columns.find(({ name }) => targets.has(name));
  if (seen === undefined) return [];
  const message = `the target "${seen.name}" is among the inputs`;
  const hint = 'A network that sees the answer learns nothing: leave it out of the inputs';
  return [{ pointer: `${pointer}/columns`, code: 'targetAmongInputs', message, hint }];
}

/** A run gives one target. */
function checkOutputs({ outputs }: ModelGraph): ProblemItem[] {
  if (outputs.length === 1) return [];
  const message = `the model has ${countOf(outputs.length, 'output')}, a run gives one target`;
  return [{ pointer: '/model', code: 'severalOutputs', message, hint: 'Use a model with one output' }];
}

/** What is to be said of the model, by itself and with the loss and the target. */
function checkModel(spec: CreateRun, { graph, id }: RunModel, size: number | null): Finding[] {
  const { loss } = spec;
  const { task } = spec.target;
  // The trainer writes classes as the loss takes them.
  const classes = task !== 'classification' || takesClassIndexes(loss.name) ? 'indexes' : 'oneHot';
  const structure = checkStructure(graph, spec.batchSize).map((finding) => ({
    ...finding,
    pointer: id === null ? `/model${finding.pointer}` : '/model',
  }));
  return [...checkOutput(graph, { task, loss, classes, size }), ...structure];
}

/** Numbers of a target that is one column, or names each. */
function sizeWithoutData({ target: { task, column } }: CreateRun): number | null {
  return task === 'regression' && column !== undefined ? 1 : null;
}

/**
 * All that is wrong, with a JSON pointer into the posted spec. Null: that part cannot be looked at. `memoryLimit` is in
 * bytes, null for none.
 */
export function preflight(
  spec: CreateRun,
  model: RunModel | null,
  dataset: KnownDataset | null,
  memoryLimit: number | null,
): Preflight {
  const { size, ...data } = dataset
    ? checkData(spec, dataset, model?.graph ?? null)
    : {
        ...{ problems: [], inputs: spec.inputs, inputColumns: [], inputWidths: [], targetColumns: [] },
        ...{ classCount: null, targetType: 'numeric' as const, size: sizeWithoutData(spec) },
      };
  const problems = [...data.problems, ...(model ? checkOutputs(model.graph) : [])];
  const findings = model ? checkModel(spec, model, size) : [];
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
