import {
  createRunSchema,
  type Checkpoint,
  type MetricBatch,
  type Run,
  type RunEventBatch,
  type WireNumber,
} from '@gradstream/contracts';
import { Checkpoints, RunFeed, Runs, type FollowOptions, type Principal } from '@gradstream/domain';
import { Telemetry } from '@gradstream/platform';
import {
  Args,
  Context,
  Mutation,
  Parent,
  Query,
  ResolveField,
  Resolver,
  Subscription,
} from '@nestjs/graphql';
import { toConnection, toPageQuery, type Connection, type ConnectionArguments } from './connection.js';
import type { GraphqlContext } from './context.js';
import { orNull, payload } from './errors.js';
import { counted } from '../live/counted.js';

interface FollowArguments {
  readonly runId: string;
  readonly after?: string | null;
  readonly series?: string[] | null;
  readonly layers?: string[] | null;
}

/** Values by name as a list, for GraphQL has no maps. */
const toSeries = (values: Readonly<Record<string, WireNumber>>) =>
  Object.entries(values).map(([series, value]) => ({ series, value }));

const toMetricBatch = (batch: MetricBatch): object => ({
  ...batch,
  points: batch.points.map((point) => ({ ...point, values: toSeries(point.values) })),
});

const toGradientBatch = (batch: MetricBatch): object => ({
  ...batch,
  points: batch.points.map(({ values, ...point }) => ({
    ...point,
    layers: Object.entries(values).map(([name, norm]) => ({ layer: name.replace(/\/norm$/, ''), norm })),
  })),
});

/** The batch itself is the value of the subscription's field. */
const itself = { resolve: (value: unknown) => value };

@Resolver('Run')
export class RunsResolver {
  constructor(
    private readonly runs: Runs,
    private readonly feed: RunFeed,
    private readonly checkpoints: Checkpoints,
    private readonly telemetry: Telemetry,
  ) {}

  @Query('runs')
  async list(
    @Args() page: ConnectionArguments,
    @Context() { principal }: GraphqlContext,
  ): Promise<Connection<Run>> {
    return toConnection(await this.runs.list(await principal(), toPageQuery(page)));
  }

  @Query('run')
  async run(@Args('id') id: string, @Context() { principal }: GraphqlContext): Promise<Run | null> {
    return orNull(this.runs.get(await principal(), id));
  }

  @ResolveField('metrics')
  metrics(@Parent() run: Run): object[] {
    return toSeries(run.metrics);
  }

  @ResolveField('checkpoints')
  async listCheckpoints(
    @Parent() { id }: Run,
    @Args() page: ConnectionArguments,
    @Context() { principal }: GraphqlContext,
  ): Promise<Connection<object>> {
    const found = await this.checkpoints.list(await principal(), id, toPageQuery(page));
    const data = found.data.map((checkpoint: Checkpoint) => ({
      ...checkpoint,
      metrics: toSeries(checkpoint.metrics),
    }));
    return toConnection({ ...found, data });
  }

  @Mutation('createRun')
  create(
    @Args('input') { spec }: { spec: unknown },
    @Context() { principal }: GraphqlContext,
  ): Promise<object> {
    return payload(async () => ({
      run: await this.runs.create(await principal(), createRunSchema.parse(spec)),
    }));
  }

  @Mutation('cancelRun')
  cancel(@Args('input') { id }: { id: string }, @Context() { principal }: GraphqlContext): Promise<object> {
    return payload(async () => ({ run: await this.runs.cancel(await principal(), id) }));
  }

  @Subscription('runMetrics', itself)
  async runMetrics(
    @Args() { runId, after, series }: FollowArguments,
    @Context() context: GraphqlContext,
  ): Promise<AsyncGenerator<object>> {
    const follow = (caller: Principal, options: FollowOptions) =>
      this.feed.followMetrics(caller, runId, { ...options, series });
    await this.feed.metrics(await context.principal(), runId, { after, limit: 1 });
    return this.#follow(context, after, follow, toMetricBatch);
  }

  @Subscription('runGradients', itself)
  async runGradients(
    @Args() { runId, after, layers }: FollowArguments,
    @Context() context: GraphqlContext,
  ): Promise<AsyncGenerator<object>> {
    const series = layers?.map((layer) => `${layer}/norm`);
    const follow = (caller: Principal, options: FollowOptions) =>
      this.feed.followGradients(caller, runId, { ...options, series });
    await this.feed.gradients(await context.principal(), runId, { after, limit: 1 });
    return this.#follow(context, after, follow, toGradientBatch);
  }

  @Subscription('runEvents', itself)
  async runEvents(
    @Args() { runId, after }: FollowArguments,
    @Context() context: GraphqlContext,
  ): Promise<AsyncGenerator<object>> {
    const follow = (caller: Principal, options: FollowOptions) =>
      this.feed.followEvents(caller, runId, options);
    await this.feed.events(await context.principal(), runId, { after, limit: 1 });
    return this.#follow(context, after, follow, (batch: RunEventBatch) => batch);
  }

  /** A pulled stream: it fetches the next batch when the client has taken the one before. */
  async #follow<Batch>(
    { principal }: GraphqlContext,
    after: string | null | undefined,
    follow: (caller: Principal, options: FollowOptions) => AsyncGenerator<Batch>,
    map: (batch: Batch) => object,
  ): Promise<AsyncGenerator<object>> {
    const ended = new AbortController();
    const batches = follow(await principal(), { after, signal: ended.signal });
    return counted(batches, map, ended, this.telemetry.subscriptions);
  }
}
