// What is wrong with a run before it starts, from the spec, the model and the dataset's columns alone. A part that
// is missing or not ready is reported by the caller; what can be said of the others is said all the same.

import {
  outputsOf,
  targetsOf,
  type ValidateRun,
  type Dataset,
  type FeatureStatistics,
  type FeatureType,
  type MemoryEstimate,
  type OutputTarget,
  type ProblemItem,
  type RunOutput,
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
import { checkOutputNames } from './outputChecks.js';
import { checkSettings } from './settingsChecks.js';
import { checkSplit } from './splitChecks.js';
import { checkTarget, type ResolvedTarget } from './targetChecks.js';

/** What a spec comes to with a dataset. */
interface Data {
  readonly problems: ProblemItem[];
  /** In the order of the model's. */
  readonly inputs: ValidateRun['inputs'];
  readonly inputColumns: string[];
  readonly inputWidths: number[];
  readonly targetColumns: string[];
  readonly classCount: number | null;
  readonly targetType: FeatureType;
  /** Of targets by output, in the order of the model's. */
  readonly outputTargets?: OutputTarget[];
}

/** What a spec comes to with a dataset and a model. */
export interface Preflight extends Data {
  /** With `auto` resolved. */
  readonly checkpointing: ValidateRun['checkpointing'];
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

/** What is known of an output's target; the only one has the name null. */
type Known = ReadonlyMap<string | null, Pick<ResolvedTarget, 'size' | 'classCount'>>;

/** A target by output with its columns. */
interface NamedTarget extends ResolvedTarget {
  readonly name: string;
}

/** In the order of the model's outputs. */
function outputTargets(targets: readonly NamedTarget[], graph: ModelGraph | null): OutputTarget[] {
  const place = ({ name }: NamedTarget): number =>
    graph?.outputs.findIndex((output) => output.name === name) ?? 0;
  return targets
    .toSorted((a, b) => place(a) - place(b))
    .map(({ name, columns, classCount }) => ({
      output: name,
      columns: columns.map((column) => column.name),
      classCount,
      type: columns[0]?.type ?? 'numeric',
    }));
}

/** What does not fit between the spec, the data and the model's inputs; and what is known of the targets. */
function checkData(
  spec: ValidateRun,
  dataset: KnownDataset,
  graph: ModelGraph | null,
): Data & { readonly known: Known } {
  const columns = dataset.columns ?? [];
  const problems: ProblemItem[] = [];
  const resolved = targetsOf(spec).map((placed) => ({ name: placed.name, ...checkTarget(placed, columns) }));
  const targets = new Set(resolved.flatMap((target) => target.columns.map(({ name }) => name)));
  const posted = resolveInputs(spec, columns, targets, problems);
  // Unknown columns and ranges make the count of values meaningless.
  const countable = problems.length === 0;
  const inputs = graph ? orderInputs(posted, graph, problems) : posted;
  inputs.forEach((input, place) => {
    problems.push(...checkInput(input, graph, place, dataset.columnTypes), ...targetProblems(input, targets));
  });
  if (graph && countable && problems.length === 0)
    inputs.forEach((input, place) =>
      problems.push(...checkInputShape(input, graph, place, dataset.columnTypes)),
    );
  const stratified = new Set(
    resolved.flatMap((target) => target.columns.slice(0, 1).map(({ name }) => name)),
  );
  problems.push(
    ...resolved.flatMap((target) => target.problems),
    ...checkSplit(spec, dataset, stratified, dataset.statistics ?? null),
  );
  const only = resolved.find(({ name }) => name === null);
  const named = resolved.flatMap(({ name, ...target }) => (name === null ? [] : [{ name, ...target }]));
  return {
    problems,
    inputs: inputs.map(({ settings }) => settings),
    inputColumns: inputs.flatMap((input) => input.columns.map(({ name }) => name)),
    inputWidths: inputs.map((input) => input.columns.length),
    targetColumns: [...targets],
    classCount: only?.classCount ?? null,
    targetType: only?.columns[0]?.type ?? 'numeric',
    ...(only ? {} : { outputTargets: outputTargets(named, graph) }),
    known: new Map(resolved.map((target) => [target.name, target])),
  };
}

function targetProblems({ columns, pointer }: ResolvedInput, targets: ReadonlySet<string>): ProblemItem[] {
  const seen = columns.find(({ name }) => targets.has(name));
  if (seen === undefined) return [];
  const message = `the target "${seen.name}" is among the inputs`;
  const hint = 'A network that sees the answer learns nothing: leave it out of the inputs';
  return [{ pointer: `${pointer}/columns`, code: 'targetAmongInputs', message, hint }];
}

/** What is to be said of an output with its loss and its target. */
function checkLearned(
  graph: ModelGraph,
  { name, target, loss, at }: RunOutput,
  size: number | null,
): Finding[] {
  const output = name === null ? 0 : graph.outputs.findIndex((one) => one.name === name);
  // Said by its name; and of one target that may be of any output.
  if (output < 0 || (name === null && graph.outputs.length > 1)) return [];
  const { task } = target;
  // The trainer writes classes as the loss takes them.
  const classes = task !== 'classification' || takesClassIndexes(loss.name) ? 'indexes' : 'oneHot';
  const named = target.columns === undefined ? 'column' : 'columns';
  const pointers = { model: '/model', loss: at.loss, target: `${at.target}/${named}` };
  return checkOutput(graph, { task, loss, classes, size, output, pointers });
}

/** What is to be said of the model, by itself and with losses and targets. */
function checkModel(spec: ValidateRun, { graph, id }: RunModel, known: Known): Finding[] {
  const structure = checkStructure(graph, spec.batchSize).map((finding) => ({
    ...finding,
    pointer: id === null ? `/model${finding.pointer}` : '/model',
  }));
  const learned = outputsOf(spec).flatMap((output) =>
    checkLearned(graph, output, known.get(output.name)?.size ?? null),
  );
  return [...learned, ...structure];
}

/** What is known of targets without their data: one column of numbers is one number. */
const knownWithoutData = (spec: ValidateRun): Known =>
  new Map(
    targetsOf(spec).map(({ name, target: { task, column } }) => {
      const size = task === 'regression' && column !== undefined ? 1 : null;
      return [name, { size, classCount: null }];
    }),
  );

/**
 * All that is wrong, with a JSON pointer into the posted spec. Null: that part cannot be looked at. `memoryLimit` is in
 * bytes, null for none.
 */
export function preflight(
  spec: ValidateRun,
  model: RunModel | null,
  dataset: KnownDataset | null,
  memoryLimit: number | null,
): Preflight {
  const { known, ...data } = dataset
    ? checkData(spec, dataset, model?.graph ?? null)
    : {
        ...{ problems: [], inputs: spec.inputs, inputColumns: [], inputWidths: [], targetColumns: [] },
        ...{ classCount: null, targetType: 'numeric' as const, known: knownWithoutData(spec) },
      };
  const problems = [...data.problems, ...checkOutputNames(spec, model?.graph ?? null)];
  const findings = model ? checkModel(spec, model, known) : [];
  const checkpointing = model ? resolveActivations(model.graph, spec, memoryLimit) : spec.checkpointing;
  const memory = model && memoryOf(model.graph, { ...spec, checkpointing });
  problems.push(...toProblems(findings), ...(memory ? checkMemory(memory, memoryLimit) : []));
  return {
    ...data,
    checkpointing,
    problems: [...problems, ...checkSettings(spec, (name) => known.get(name)?.classCount ?? null)],
    warnings: toWarnings(findings),
    memory,
  };
}
