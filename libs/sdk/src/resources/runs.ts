import {
  checkpointPageSchema,
  eventBatchSchema,
  GradstreamError,
  logBatchSchema,
  metricBatchSchema,
  metricSamplesSchema,
  runPageSchema,
  runSchema,
  runVerdictSchema,
  toLayerGradients,
  runTablePageSchema,
  sparklinesSchema,
  cancelOutcomesSchema,
  type CancelOutcome,
  type runTableQuerySchema,
  type Sparkline,
  type SparklinesQuery,
  type RunTablePage,
  type Checkpoint,
  type createRunSchema,
  type forkRunSchema,
  type GradientBatch,
  type retryRunSchema,
  type LogBatch,
  type MetricBatch,
  type MetricSamples,
  type Page,
  type Run,
  type RunEventBatch,
  type RunFilter,
  type updateRunSchema,
  type validateRunSchema,
  type RunVerdict,
} from '@gradstream/contracts';
import type { z } from 'zod';
import {
  followEvents,
  followGradients,
  followRun,
  type EventOptions,
  type FollowOptions,
  type GradientOptions,
} from '../follow.js';
import type { Http } from '../http.js';
import type { PageOptions } from '../types.js';

export type NewRun = z.input<typeof createRunSchema>;

/** Which rows of a table, in which order. */
export type RunTableOptions = Partial<z.input<typeof runTableQuerySchema>> & PageOptions;

/** Where to go on reading a run's history, and how much of it. */
export interface HistoryOptions extends PageOptions {
  /** Comma-separated names of series. */
  readonly series?: string;
}

/** Which steps of a history, both ends included, in how many points. */
export interface StepsOptions {
  readonly fromStep: number;
  readonly toStep: number;
  /** Most points of a series, 2 to 10,000. */
  readonly points: number;
  readonly signal?: AbortSignal;
}

/** A run as it was when its ETag named it. */
export interface TaggedRun {
  readonly run: Run;
  readonly etag: string;
}

export interface UpdateOptions {
  /** The ETag of the run that the change is meant for; without it, the run is changed as it is. */
  readonly ifMatch?: string;
}

/** Runs of the caller's project. */
export class RunsResource {
  constructor(private readonly http: Http) {}

  /** Queues a run. Throws RUN_INVALID when it could not work, with a pointer to each reason. */
  async create(input: NewRun): Promise<Run> {
    return runSchema.parse(await this.http.post('/v1/runs', input));
  }

  /** Everything that is wrong with a run; without a dataset, what needs no data. Nothing is queued. */
  async validate(input: z.input<typeof validateRunSchema>): Promise<RunVerdict> {
    return runVerdictSchema.parse(await this.http.post('/v1/runs/validate', input));
  }

  async get(id: string): Promise<Run> {
    return runSchema.parse(await this.http.get(`/v1/runs/${id}`));
  }

  /** A run, and the ETag that names it as it is now. */
  async getWithEtag(id: string): Promise<TaggedRun> {
    const response = await this.http.send('GET', `/v1/runs/${id}`, {});
    const etag = response.headers.get('etag');
    if (etag === null) throw new GradstreamError('INTERNAL', 'the server answered a run without its ETag');
    return { run: runSchema.parse(await response.json()), etag };
  }

  /** One page of runs, newest first; with a tag or in a state alone. */
  async list(page: PageOptions & RunFilter = {}): Promise<Page<Run>> {
    return runPageSchema.parse(await this.http.get('/v1/runs', { query: { ...page } }));
  }

  /** One page of a table of runs: light rows, filtered, and sorted by lowest, highest or last values of metrics. */
  async table(query: RunTableOptions = {}): Promise<RunTablePage> {
    return runTablePageSchema.parse(await this.http.get('/v1/runs/table', { query: { ...query } }));
  }

  /** A series of at most 100 runs in a few points each; runs that are not there, or lack it, are left out. */
  async sparklines(
    ids: readonly string[],
    options: Partial<Omit<SparklinesQuery, 'ids'>> = {},
  ): Promise<readonly Sparkline[]> {
    const query = { ...options, ids: ids.join(',') };
    return sparklinesSchema.parse(await this.http.get('/v1/runs/sparklines', { query })).data;
  }

  /** Asks at most 100 runs to stop; what came of it, in the order of the ids. */
  async cancelAll(ids: readonly string[]): Promise<readonly CancelOutcome[]> {
    return cancelOutcomesSchema.parse(await this.http.post('/v1/runs/cancel', { ids })).data;
  }

  /** Asks for a stop: at once when it is queued, at the next step when it trains. */
  async cancel(id: string): Promise<Run> {
    return runSchema.parse(await this.http.post(`/v1/runs/${id}/cancel`, {}));
  }

  /** Asks for a stop that a resume ends: at once when it is queued, at the next step when it trains. */
  async pause(id: string): Promise<Run> {
    return runSchema.parse(await this.http.post(`/v1/runs/${id}/pause`, {}));
  }

  /** Queues a paused run, or takes a pause back that has not come about. */
  async resume(id: string): Promise<Run> {
    return runSchema.parse(await this.http.post(`/v1/runs/${id}/resume`, {}));
  }

  /** Queues a run that failed or was cancelled: from its last whole checkpoint, or from its start. */
  async retry(id: string, choices: z.input<typeof retryRunSchema> = {}): Promise<Run> {
    return runSchema.parse(await this.http.post(`/v1/runs/${id}/retry`, choices));
  }

  /** Queues a new run that begins at a checkpoint of this one. Throws RUN_INVALID with a pointer to each reason. */
  async fork(id: string, choices: z.input<typeof forkRunSchema> = {}): Promise<Run> {
    return runSchema.parse(await this.http.post(`/v1/runs/${id}/fork`, choices));
  }

  /**
   * Replaces notes or tags. With the ETag of `getWithEtag`, throws PRECONDITION_FAILED when the run has changed since: by
   * others, by its training, or by a first try of this call whose answer was lost.
   */
  async update(
    id: string,
    changes: z.input<typeof updateRunSchema>,
    { ifMatch }: UpdateOptions = {},
  ): Promise<Run> {
    return runSchema.parse(await this.http.patch(`/v1/runs/${id}`, changes, { ifMatch }));
  }

  /** Deletes a run that has ended, with its history and checkpoints. Throws IN_USE when forks began at one. */
  async delete(id: string): Promise<Run> {
    return runSchema.parse(await this.http.delete(`/v1/runs/${id}`));
  }

  /** Points of the run's metrics after a cursor. */
  async metrics(id: string, options: HistoryOptions = {}): Promise<MetricBatch> {
    return metricBatchSchema.parse(await this.http.get(`/v1/runs/${id}/metrics`, { query: { ...options } }));
  }

  /** Points of the run's gradient statistics after a cursor; series are `<layer>/<statistic>`. */
  async gradients(id: string, options: HistoryOptions = {}): Promise<MetricBatch> {
    return metricBatchSchema.parse(
      await this.http.get(`/v1/runs/${id}/gradients`, { query: { ...options } }),
    );
  }

  /**
   * The whole history of metrics in at most so many points a series, which are extremes, with the means between them;
   * `cursor` goes on from there.
   */
  async sampledMetrics(id: string, points: number, series?: string): Promise<MetricSamples> {
    const query = { points, ...(series === undefined ? {} : { series }) };
    return metricSamplesSchema.parse(await this.http.get(`/v1/runs/${id}/metrics`, { query }));
  }

  /** Some steps of the metrics in at most so many points a series: more of them than the whole history shows. */
  async sampledSteps(id: string, { signal, ...query }: StepsOptions): Promise<MetricSamples> {
    const options = signal ? { query, signal } : { query };
    return metricSamplesSchema.parse(await this.http.get(`/v1/runs/${id}/metrics`, options));
  }

  /**
   * Gradient statistics at no more than so many steps, evenly over the whole history, and at as many of those that have
   * all statistics; `cursor` goes on from there.
   */
  async sampledGradients(id: string, points: number): Promise<GradientBatch> {
    const answer = await this.http.get(`/v1/runs/${id}/gradients`, { query: { points } });
    const { points: found, ...batch } = metricBatchSchema.parse(answer);
    return {
      ...batch,
      points: found.map(({ values, ...point }) => ({ ...point, layers: toLayerGradients(values) })),
    };
  }

  /** Lines that the run's trainers wrote, after a cursor. */
  async logs(id: string, options: PageOptions = {}): Promise<LogBatch> {
    return logBatchSchema.parse(await this.http.get(`/v1/runs/${id}/logs`, { query: { ...options } }));
  }

  /** What happened to the run after a cursor. */
  async events(id: string, options: PageOptions = {}): Promise<RunEventBatch> {
    return eventBatchSchema.parse(await this.http.get(`/v1/runs/${id}/events`, { query: { ...options } }));
  }

  /** One page of the run's checkpoints, newest first. */
  async checkpoints(id: string, page: PageOptions = {}): Promise<Page<Checkpoint>> {
    return checkpointPageSchema.parse(
      await this.http.get(`/v1/runs/${id}/checkpoints`, { query: { ...page } }),
    );
  }

  /** The run's metrics from a cursor on, then live, to its end; a lost connection is taken up where it was. */
  follow(id: string, options: FollowOptions = {}): AsyncGenerator<MetricBatch> {
    return followRun(this.http, id, options);
  }

  /** The run's gradient statistics from a cursor on, layer by layer, then live, to its end. */
  followGradients(id: string, options: GradientOptions = {}): AsyncGenerator<GradientBatch> {
    return followGradients(this.http, id, options);
  }

  /** What happens to the run from a cursor on, then live, to its end: states, rewinds, checkpoints, lines of its log. */
  followEvents(id: string, options: EventOptions = {}): AsyncGenerator<RunEventBatch> {
    return followEvents(this.http, id, options);
  }
}
