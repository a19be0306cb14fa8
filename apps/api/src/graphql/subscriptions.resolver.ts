// Runs followed live.

import {
  parseInput,
  rateSchema,
  toLayerGradients,
  type GradientBatch,
  type MetricBatch,
  type RunEventBatch,
} from '@gradstream/contracts';
import { RunFeed, type FollowOptions, type Principal } from '@gradstream/domain';
import { Telemetry } from '@gradstream/platform';
import { Args, Context, Resolver, Subscription } from '@nestjs/graphql';
import { StreamFailure, toSubscription } from '../live/stream.js';
import type { GraphqlContext } from './context.js';
import { toSeries } from './series.js';

interface FollowArguments {
  readonly runId: string;
  readonly after?: string | null;
  readonly series?: string[] | null;
  readonly layers?: string[] | null;
  readonly maxRateHz?: number | null;
}

const toMetricBatch = (batch: MetricBatch): object => ({
  ...batch,
  points: batch.points.map((point) => ({ ...point, values: toSeries(point.values) })),
});

/** Gradients layer by layer: all, or some layers, and the points that tell of one of them. */
const toGradientBatch = (batch: MetricBatch, wanted: readonly string[] | null): GradientBatch => ({
  ...batch,
  points: batch.points
    .map(({ values, ...point }) => ({
      ...point,
      layers: toLayerGradients(values).filter(({ layer }) => wanted === null || wanted.includes(layer)),
    }))
    .filter(({ layers }) => wanted === null || layers.length > 0),
});

/** The batch itself is the value of the subscription's field; what ended the stream is thrown. */
const itself = {
  resolve: (value: unknown) => {
    if (value instanceof StreamFailure) throw value.error;
    return value;
  },
};

@Resolver()
export class SubscriptionsResolver {
  constructor(
    private readonly feed: RunFeed,
    private readonly telemetry: Telemetry,
  ) {}

  @Subscription('runMetrics', itself)
  async runMetrics(
    @Args() { runId, after, series, maxRateHz }: FollowArguments,
    @Context() context: GraphqlContext,
  ): Promise<AsyncGenerator<object>> {
    const follow = (caller: Principal, options: FollowOptions) =>
      this.feed.followMetrics(caller, runId, {
        ...options,
        series,
        ...parseInput(rateSchema, { maxRateHz }),
      });
    await this.feed.metrics(await context.principal(), runId, { after, limit: 1 });
    return this.#follow(context, after, follow, toMetricBatch);
  }

  @Subscription('runGradients', itself)
  async runGradients(
    @Args() { runId, after, layers }: FollowArguments,
    @Context() context: GraphqlContext,
  ): Promise<AsyncGenerator<object>> {
    const follow = (caller: Principal, options: FollowOptions) =>
      this.feed.followGradients(caller, runId, options);
    await this.feed.gradients(await context.principal(), runId, { after, limit: 1 });
    return this.#follow(context, after, follow, (batch) => toGradientBatch(batch, layers ?? null));
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
    return toSubscription(batches, map, ended, this.telemetry.subscriptions);
  }
}
