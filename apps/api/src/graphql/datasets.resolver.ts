import {
  completeDatasetSchema,
  createDatasetSchema,
  datasetFilterSchema,
  parseInput,
  previewQuerySchema,
  type Dataset,
  type DatasetPreview,
  type DatasetStats,
  type MultipartPlan,
} from '@gradstream/contracts';
import { DatasetContents, DatasetRemoval, Datasets } from '@gradstream/domain';
import { Args, Context, Mutation, Query, Resolver } from '@nestjs/graphql';
import { toConnection, toPageQuery, type Connection, type ConnectionArguments } from './connection.js';
import type { GraphqlContext } from './context.js';
import { orNull, payload } from './errors.js';
import { withoutNulls } from './input.js';
import { Once } from './once.js';

interface DeleteInput {
  readonly id: string;
  readonly force?: boolean | null;
}

interface DatasetInput {
  readonly upload?: object | null;
}

@Resolver('Dataset')
export class DatasetsResolver {
  constructor(
    private readonly datasets: Datasets,
    private readonly contents: DatasetContents,
    private readonly removal: DatasetRemoval,
  ) {}

  @Query('datasets')
  async listDatasets(
    @Args() { sha256, ...page }: ConnectionArguments & { readonly sha256?: string | null },
    @Context() { principal }: GraphqlContext,
  ): Promise<Connection<Dataset>> {
    const caller = await principal();
    const list = { noun: 'datasets', owner: caller.projectId } as const;
    const filter = parseInput(datasetFilterSchema, withoutNulls({ sha256 }));
    return toConnection(list, await this.datasets.list(caller, { ...toPageQuery(page), ...filter }), page);
  }

  @Query('dataset')
  async dataset(@Args('id') id: string, @Context() { principal }: GraphqlContext): Promise<Dataset | null> {
    return orNull(this.datasets.get(await principal(), id));
  }

  @Query('datasetPreview')
  async preview(
    @Args('id') id: string,
    @Args('rows') rows: number | null,
    @Context() { principal }: GraphqlContext,
  ): Promise<DatasetPreview | null> {
    const query = parseInput(previewQuerySchema, { rows: rows ?? undefined });
    return orNull(this.contents.preview(await principal(), id, query));
  }

  @Query('datasetStats')
  async stats(
    @Args('id') id: string,
    @Context() { principal }: GraphqlContext,
  ): Promise<DatasetStats | null> {
    return orNull(this.contents.stats(await principal(), id));
  }

  @Query('datasetUpload')
  async upload(
    @Args('id') id: string,
    @Context() { principal }: GraphqlContext,
  ): Promise<MultipartPlan | null> {
    return orNull(this.datasets.resumeUpload(await principal(), id));
  }

  @Mutation('createDataset')
  createDataset(@Args('input') { upload, ...input }: DatasetInput, @Once() once: Once): Promise<object> {
    return payload(async () => ({
      dataset: await once('write', (caller) =>
        this.datasets.create(
          caller,
          parseInput(createDatasetSchema, withoutNulls({ ...input, upload: upload && withoutNulls(upload) })),
        ),
      ),
    }));
  }

  @Mutation('completeDataset')
  completeDataset(@Args('input') { id, ...input }: { id: string }, @Once() once: Once): Promise<object> {
    return payload(async () => ({
      dataset: await once('write', (caller) =>
        this.datasets.complete(caller, id, parseInput(completeDatasetSchema, withoutNulls(input))),
      ),
    }));
  }

  @Mutation('deleteDataset')
  remove(@Args('input') { id, force }: DeleteInput, @Once() once: Once): Promise<object> {
    return payload(async () => ({
      dataset: await once('write', (caller) => this.removal.remove(caller, id, { force: force ?? false })),
    }));
  }
}
