import { createDatasetSchema, createModelSchema, type Dataset, type Model } from '@gradstream/contracts';
import { Datasets, Models } from '@gradstream/domain';
import { Args, Context, Mutation, Query, Resolver } from '@nestjs/graphql';
import { toConnection, toPageQuery, type Connection, type ConnectionArguments } from './connection.js';
import type { GraphqlContext } from './context.js';
import { orNull, payload } from './errors.js';

/** Input without the optional fields that were given as null. */
const withoutNulls = (input: object): object =>
  Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null));

@Resolver()
export class ResourcesResolver {
  constructor(
    private readonly datasets: Datasets,
    private readonly models: Models,
  ) {}

  @Query('datasets')
  async listDatasets(
    @Args() page: ConnectionArguments,
    @Context() { principal }: GraphqlContext,
  ): Promise<Connection<Dataset>> {
    return toConnection(await this.datasets.list(await principal(), toPageQuery(page)));
  }

  @Query('dataset')
  async dataset(@Args('id') id: string, @Context() { principal }: GraphqlContext): Promise<Dataset | null> {
    return orNull(this.datasets.get(await principal(), id));
  }

  @Query('models')
  async listModels(
    @Args() page: ConnectionArguments,
    @Context() { principal }: GraphqlContext,
  ): Promise<Connection<Model>> {
    return toConnection(await this.models.list(await principal(), toPageQuery(page)));
  }

  @Query('model')
  async model(@Args('id') id: string, @Context() { principal }: GraphqlContext): Promise<Model | null> {
    return orNull(this.models.get(await principal(), id));
  }

  @Mutation('createDataset')
  createDataset(@Args('input') input: object, @Context() { principal }: GraphqlContext): Promise<object> {
    return payload(async () => ({
      dataset: await this.datasets.create(await principal(), createDatasetSchema.parse(withoutNulls(input))),
    }));
  }

  @Mutation('completeDataset')
  completeDataset(
    @Args('input') { id }: { id: string },
    @Context() { principal }: GraphqlContext,
  ): Promise<object> {
    return payload(async () => ({ dataset: await this.datasets.complete(await principal(), id) }));
  }

  @Mutation('createModel')
  createModel(@Args('input') input: object, @Context() { principal }: GraphqlContext): Promise<object> {
    return payload(async () => ({
      model: await this.models.create(await principal(), createModelSchema.parse(input)),
    }));
  }
}
