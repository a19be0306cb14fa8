// From the posted form of a run to the complete spec that is stored, with everything that stands in the way.

import {
  definitionSchema,
  GradstreamError,
  runSpecSchema,
  SPEC_VERSION,
  type MemoryEstimate,
  type ModelDefinition,
  type ProblemItem,
  type RunOrigin,
  type RunSpec,
  type ValidateRun,
} from '@gradstream/contracts';
import { parseModel } from '@gradstream/models';
import { Config } from '@gradstream/platform';
import { Injectable } from '@nestjs/common';
import type { Principal } from '../common/principal.js';
import { DatasetContents } from '../datasets/contents.js';
import { Datasets } from '../datasets/datasets.js';
import { Models, relocate } from '../models/models.js';
import { preflight, type KnownDataset, type RunModel } from './preflight.js';

/** The TensorFlow that this version trains with. */
const ENGINE_VERSION = '2.21.0';

/** The spec is null where there are problems, or no dataset is named. */
export interface CompletedRun {
  readonly spec: RunSpec | null;
  readonly problems: ProblemItem[];
  readonly warnings: ProblemItem[];
  /** Of a step; null without a model that can be built. */
  readonly memory: MemoryEstimate | null;
}

/** A part of the run, or null and why not. */
interface Found<T> {
  readonly value: T | null;
  readonly problems: ProblemItem[];
}

interface FoundModel extends RunModel {
  readonly definition: ModelDefinition;
}

/** What was looked up; a missing one becomes a problem of the field that names it. */
async function lookUp<T>(pointer: string, promise: Promise<T>): Promise<Found<T>> {
  try {
    return { value: await promise, problems: [] };
  } catch (error) {
    if (!(error instanceof GradstreamError) || error.code !== 'NOT_FOUND') throw error;
    const hint = 'Check the id, and that the key is of the same project';
    return { value: null, problems: [{ pointer, code: 'notFound', message: error.detail, hint }] };
  }
}

@Injectable()
export class RunCompletion {
  constructor(
    private readonly datasets: Datasets,
    private readonly contents: DatasetContents,
    private readonly models: Models,
    private readonly config: Config,
  ) {}

  /** The complete spec, or all that is wrong, with pointers into the posted one. */
  async complete(
    principal: Principal,
    input: ValidateRun,
    origin: RunOrigin | null = null,
  ): Promise<CompletedRun> {
    const [dataset, model] = await Promise.all([
      this.#dataset(principal, input),
      this.#model(principal, input.model),
    ]);
    const { trainingMemory } = this.config;
    const found = preflight(input, model.value, dataset.value, trainingMemory);
    const { problems: misfits, warnings, memory, ...resolved } = found;
    const problems = [...dataset.problems, ...model.problems, ...misfits];
    if (!dataset.value || !model.value || problems.length > 0)
      return { spec: null, problems, warnings, memory };
    const { id, definition } = model.value;
    const spec = runSpecSchema.parse({
      ...input,
      ...resolved,
      specVersion: SPEC_VERSION,
      engineVersion: ENGINE_VERSION,
      model: { id, definition },
      datasetSha256: dataset.value.sha256,
      origin,
    });
    return { spec, problems, warnings, memory };
  }

  async #dataset(principal: Principal, { dataset, split }: ValidateRun): Promise<Found<KnownDataset>> {
    if (dataset === undefined) return { value: null, problems: [] };
    const found = await lookUp('/dataset', this.datasets.get(principal, dataset));
    if (!found.value) return found;
    if (found.value.state === 'ready') {
      if (split.by !== 'column') return found;
      const { columns } = await this.contents.stats(principal, dataset);
      return { value: { ...found.value, statistics: columns }, problems: [] };
    }
    const { state } = found.value;
    const hint = state === 'rejected' ? 'Its problems say what to mend' : 'Wait until it is ready';
    const message = `the dataset is ${state}: a run needs one that is ready`;
    return { value: null, problems: [{ pointer: '/dataset', code: 'datasetNotReady', message, hint }] };
  }

  async #model(principal: Principal, model: ValidateRun['model']): Promise<Found<FoundModel>> {
    const isId = typeof model === 'string';
    const found = isId
      ? await lookUp('/model', this.models.get(principal, model))
      : { value: { id: null, definition: definitionSchema.parse(model) }, problems: [] };
    if (!found.value) return { value: null, problems: found.problems };
    const { id, definition } = found.value;
    const parsed = parseModel(definition);
    if (parsed.ok) return { value: { id, definition, graph: parsed.graph }, problems: [] };
    const problems = isId
      ? parsed.problems.map((problem) => ({ ...problem, pointer: '/model' }))
      : relocate(parsed.problems, '/model');
    return { value: null, problems };
  }
}
