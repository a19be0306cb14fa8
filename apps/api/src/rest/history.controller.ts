// What a run has told: by cursor, as a file, or in a few points.

import {
  eventBatchSchema,
  gradientsQuerySchema,
  historyQuerySchema,
  idSchema,
  logBatchSchema,
  metricBatchSchema,
  metricSamplesSchema,
  metricsQuerySchema,
  type GradientsQuery,
  type HistoryFileQuery,
  type HistoryQuery,
  type LogBatch,
  type MetricBatch,
  type MetricSamples,
  type MetricsQuery,
  type RunEventBatch,
} from '@gradstream/contracts';
import { GradientSamples, RunExport, RunFeed, RunLogs, RunSamples, type Principal } from '@gradstream/domain';
import { Controller, Param, StreamableFile } from '@nestjs/common';
import { z } from 'zod';
import { GetEndpoint } from '../http/endpoint.js';
import { Caller } from '../http/request.js';
import { ZodQuery } from '../http/zod.pipe.js';
import { fileTypes, samplesToFile, toFile } from './historyFile.js';

const params = { id: idSchema('run') };
const logQuerySchema = historyQuerySchema.omit({ series: true });
const seriesOf = ({ series }: Pick<HistoryQuery, 'series'>): string[] | undefined => series?.split(',');
/** The feed's options of a query. */
const feedOptions = ({ after, limit, series }: HistoryQuery) => ({
  after,
  limit,
  series: seriesOf({ series }),
});

@Controller('v1/runs')
export class HistoryController {
  constructor(
    private readonly feed: RunFeed,
    private readonly samples: RunSamples,
    private readonly gradientSamples: GradientSamples,
    private readonly exports: RunExport,
    private readonly logs: RunLogs,
  ) {}

  @GetEndpoint(':id/metrics', {
    summary:
      'Loss, metrics and norms of each step after a cursor, or of the run, or some of its steps, in a few points',
    scope: 'read',
    params,
    query: metricsQuerySchema,
    response: z.union([metricBatchSchema, metricSamplesSchema]),
    files: fileTypes,
  })
  async metrics(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @ZodQuery(metricsQuerySchema) query: MetricsQuery,
  ): Promise<MetricBatch | MetricSamples | StreamableFile> {
    const { points, format, fromStep, toStep, ...rest } = query;
    if (points !== undefined) {
      const options = { points, series: seriesOf(query), fromStep, toStep };
      const samples = await this.samples.read(caller, id, options);
      return format === 'json' ? samples : samplesToFile(samples, id, format);
    }
    return this.#history(caller, id, 'metrics', { ...rest, format });
  }

  @GetEndpoint(':id/gradients', {
    summary: 'Gradient statistics of each layer and step after a cursor, or of a few steps of the whole run',
    scope: 'read',
    params,
    query: gradientsQuerySchema,
    response: metricBatchSchema,
    files: fileTypes,
  })
  gradients(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @ZodQuery(gradientsQuerySchema) { points, ...query }: GradientsQuery,
  ): Promise<MetricBatch | StreamableFile> {
    if (points !== undefined)
      return this.gradientSamples.read(caller, id, { points, series: seriesOf(query) });
    return this.#history(caller, id, 'gradients', query);
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

  @GetEndpoint(':id/logs', {
    summary: 'Lines that the trainers of a run wrote, after a cursor',
    scope: 'read',
    params,
    query: logQuerySchema,
    response: logBatchSchema,
  })
  readLogs(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @ZodQuery(logQuerySchema) query: z.infer<typeof logQuerySchema>,
  ): Promise<LogBatch> {
    return this.logs.read(caller, id, query);
  }

  async #history(
    caller: Principal,
    id: string,
    kind: 'metrics' | 'gradients',
    { format, after, ...query }: HistoryFileQuery,
  ): Promise<MetricBatch | StreamableFile> {
    const series = seriesOf(query);
    if (format === 'json') return this.feed[kind](caller, id, { after, limit: query.limit, series });
    return toFile(
      await this.exports.lines(caller, id, { kind, format, after, series }),
      `${id}-${kind}`,
      format,
    );
  }
}
