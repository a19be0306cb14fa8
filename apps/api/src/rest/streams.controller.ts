// Answers that are streams: server-sent events, and downloads.

import {
  checkpointSchema,
  downloadLinkSchema,
  downloadQuerySchema,
  idSchema,
  streamQuerySchema,
  type Checkpoint,
  type DownloadLink,
  type DownloadQuery,
  type StreamQuery,
} from '@gradstream/contracts';
import { Checkpoints, RunFeed, type Principal } from '@gradstream/domain';
import { Logger, Telemetry, toGradstreamError } from '@gradstream/platform';
import { Controller, Param, Req, Res, type OnModuleDestroy } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { GetEndpoint } from '../http/endpoint.js';
import { Caller } from '../http/request.js';
import { ZodQuery } from '../http/zod.pipe.js';
import { counted } from '../live/stream.js';

/** One server-sent event (WHATWG HTML, section 9.2). */
const toEvent = (name: string, id: string, data: unknown): string =>
  `event: ${name}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`;

@Controller('v1')
export class StreamsController implements OnModuleDestroy {
  readonly #shutdown = new AbortController();

  constructor(
    private readonly feed: RunFeed,
    private readonly checkpoints: Checkpoints,
    private readonly telemetry: Telemetry,
    private readonly logger: Logger,
  ) {}

  /** Ends open streams, so that clients come back to another process. In this hook, for Apollo's own waits for them. */
  onModuleDestroy(): void {
    this.#shutdown.abort();
  }

  @GetEndpoint('runs/:id/stream', {
    summary: 'Metrics as server-sent events; honours Last-Event-ID',
    scope: 'read',
    params: { id: idSchema('run') },
    query: streamQuerySchema,
    response: 'text/event-stream',
  })
  async stream(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @ZodQuery(streamQuerySchema) query: StreamQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const last = request.headers['last-event-id'];
    const after = typeof last === 'string' && last !== '' ? last : query.after;
    await this.feed.metrics(caller, id, { after, limit: 1 }); // Refuses a bad id or cursor before the stream begins.
    const closed = new AbortController();
    reply.raw.once('close', () => {
      closed.abort();
    });
    const batches = this.feed.followMetrics(caller, id, {
      after,
      series: query.series?.split(','),
      maxRateHz: query.maxRateHz,
      signal: AbortSignal.any([closed.signal, this.#shutdown.signal]),
    });
    const live = counted(batches, this.telemetry.subscriptions);
    const toProblem = (error: unknown): string => this.#toProblem(error, request.id);
    async function* events(): AsyncGenerator<string> {
      try {
        yield ': open\n\n'; // A comment: the headers go out with the first bytes, and news may be long in coming.
        for await (const batch of live) yield toEvent('metrics', batch.cursor, batch);
      } catch (error) {
        yield toProblem(error);
      }
    }
    await reply
      .header('content-type', 'text/event-stream')
      .header('cache-control', 'no-store')
      .send(Readable.from(events()));
  }

  @GetEndpoint('checkpoints/:id', {
    summary: 'Get a checkpoint',
    scope: 'read',
    params: { id: idSchema('checkpoint') },
    response: checkpointSchema,
  })
  get(@Caller() caller: Principal, @Param('id') id: string): Promise<Checkpoint> {
    return this.checkpoints.get(caller, id);
  }

  @GetEndpoint('checkpoints/:id/link', {
    summary: 'Where a browser can fetch the weights without a key, for some minutes',
    scope: 'read',
    params: { id: idSchema('checkpoint') },
    response: downloadLinkSchema,
    etag: false,
  })
  link(@Caller() caller: Principal, @Param('id') id: string): Promise<DownloadLink> {
    return this.checkpoints.link(caller, id);
  }

  @GetEndpoint('checkpoints/:id/download', {
    summary: 'The weights as a safetensors file, or as a TensorFlow.js model in a ZIP',
    scope: 'read',
    params: { id: idSchema('checkpoint') },
    query: downloadQuerySchema,
    response: 'application/octet-stream',
  })
  async download(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @ZodQuery(downloadQuerySchema) { format }: DownloadQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { stream, bytes, etag, fileName } = await this.checkpoints.download(caller, id, format);
    if (bytes !== null) void reply.header('content-length', String(bytes));
    await reply
      .header('content-type', 'application/octet-stream')
      .header('content-disposition', `attachment; filename="${fileName}"`)
      .header('etag', etag)
      .send(stream);
  }

  /** The event that ends a stream which failed; counted, and logged when it is unexpected, as other failures are. */
  #toProblem(thrown: unknown, requestId: string): string {
    const error = toGradstreamError(thrown);
    this.telemetry.errors.inc({ code: error.code });
    if (error.code === 'INTERNAL') this.logger.log.error({ err: thrown, requestId }, 'unexpected error');
    return `event: problem\ndata: ${JSON.stringify(error.toProblem({ requestId }))}\n\n`;
  }
}
