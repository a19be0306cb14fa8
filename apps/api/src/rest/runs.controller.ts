import {
  checkpointPageSchema,
  createRunSchema,
  eventBatchSchema,
  historyQuerySchema,
  idSchema,
  metricBatchSchema,
  pageQuerySchema,
  runListQuerySchema,
  runPageSchema,
  runSchema,
  runVerdictSchema,
  type Checkpoint,
  type CreateRun,
  type HistoryQuery,
  type MetricBatch,
  type Page,
  type PageQuery,
  type Run,
  type RunEventBatch,
  type RunListQuery,
  type RunVerdict,
} from '@gradstream/contracts';
import { Checkpoints, RunFeed, Runs, type Principal } from '@gradstream/domain';
import { Controller, Param } from '@nestjs/common';
import { GetEndpoint, PostEndpoint } from '../http/endpoint.js';
import { Caller } from '../http/request.js';
import { ZodBody, ZodQuery } from '../http/zod.pipe.js';

const params = { id: idSchema('run') };

/** The feed's options of a query. */
const feedOptions = ({ after, limit, series }: HistoryQuery) => ({
  after,
  limit,
  series: series?.split(','),
});

@Controller('v1/runs')
export class RunsController {
  constructor(
    private readonly runs: Runs,
    private readonly feed: RunFeed,
    private readonly checkpoints: Checkpoints,
  ) {}

  @PostEndpoint('', {
    summary: 'Queue a run',
    scope: 'write',
    status: 202,
    body: createRunSchema,
    response: runSchema,
    location: '/v1/runs',
  })
  create(@Caller() caller: Principal, @ZodBody(createRunSchema) body: CreateRun): Promise<Run> {
    return this.runs.create(caller, body);
  }

  @PostEndpoint('validate', {
    summary: 'Everything that is wrong with a run; nothing is queued',
    scope: 'read',
    body: createRunSchema,
    response: runVerdictSchema,
  })
  validate(@Caller() caller: Principal, @ZodBody(createRunSchema) body: CreateRun): Promise<RunVerdict> {
    return this.runs.validate(caller, body);
  }

  @GetEndpoint('', {
    summary: 'List runs, newest first',
    scope: 'read',
    query: runListQuerySchema,
    response: runPageSchema,
  })
  list(@Caller() caller: Principal, @ZodQuery(runListQuerySchema) query: RunListQuery): Promise<Page<Run>> {
    return this.runs.list(caller, query);
  }

  @GetEndpoint(':id', { summary: 'Get a run', scope: 'read', params, response: runSchema })
  get(@Caller() caller: Principal, @Param('id') id: string): Promise<Run> {
    return this.runs.get(caller, id);
  }

  @GetEndpoint(':id/metrics', {
    summary: 'Loss, metrics and norms of each step, after a cursor',
    scope: 'read',
    params,
    query: historyQuerySchema,
    response: metricBatchSchema,
  })
  metrics(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @ZodQuery(historyQuerySchema) query: HistoryQuery,
  ): Promise<MetricBatch> {
    return this.feed.metrics(caller, id, feedOptions(query));
  }

  @GetEndpoint(':id/gradients', {
    summary: 'Gradient norms of each layer and step, after a cursor',
    scope: 'read',
    params,
    query: historyQuerySchema,
    response: metricBatchSchema,
  })
  gradients(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @ZodQuery(historyQuerySchema) query: HistoryQuery,
  ): Promise<MetricBatch> {
    return this.feed.gradients(caller, id, feedOptions(query));
  }

  @GetEndpoint(':id/events', {
    summary: 'What happened to a run, after a cursor',
    scope: 'read',
    params,
    query: historyQuerySchema,
    response: eventBatchSchema,
  })
  events(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @ZodQuery(historyQuerySchema) query: HistoryQuery,
  ): Promise<RunEventBatch> {
    return this.feed.events(caller, id, feedOptions(query));
  }

  @GetEndpoint(':id/checkpoints', {
    summary: 'List checkpoints of a run, newest first',
    scope: 'read',
    params,
    query: pageQuerySchema,
    response: checkpointPageSchema,
  })
  listCheckpoints(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @ZodQuery(pageQuerySchema) query: PageQuery,
  ): Promise<Page<Checkpoint>> {
    return this.checkpoints.list(caller, id, query);
  }
}
