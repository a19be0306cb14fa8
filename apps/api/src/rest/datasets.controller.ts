import {
  completeDatasetSchema,
  createDatasetSchema,
  datasetListQuerySchema,
  datasetPageSchema,
  datasetPreviewSchema,
  datasetSchema,
  datasetStatsSchema,
  deleteDatasetQuerySchema,
  idSchema,
  multipartPlanSchema,
  previewQuerySchema,
  type CompleteDataset,
  type CreateDataset,
  type Dataset,
  type DatasetListQuery,
  type DatasetPreview,
  type DatasetStats,
  type DeleteDataset,
  type MultipartPlan,
  type Page,
  type PreviewQuery,
} from '@gradstream/contracts';
import {
  DatasetContents,
  DatasetRemoval,
  Datasets,
  type Precondition,
  type Principal,
} from '@gradstream/domain';
import { Controller, Param } from '@nestjs/common';
import { DeleteEndpoint, GetEndpoint, PostEndpoint } from '../http/endpoint.js';
import { IfMatch } from '../http/etag.js';
import { Caller } from '../http/request.js';
import { ZodBody, ZodQuery } from '../http/zod.pipe.js';

const params = { id: idSchema('dataset') };

@Controller('v1/datasets')
export class DatasetsController {
  constructor(
    private readonly datasets: Datasets,
    private readonly contents: DatasetContents,
    private readonly removal: DatasetRemoval,
  ) {}

  @PostEndpoint('', {
    summary: 'Make a dataset of inline rows, or plan an upload',
    scope: 'write',
    status: 201,
    body: createDatasetSchema,
    response: datasetSchema,
    location: '/v1/datasets',
  })
  create(@Caller() caller: Principal, @ZodBody(createDatasetSchema) body: CreateDataset): Promise<Dataset> {
    return this.datasets.create(caller, body);
  }

  @GetEndpoint('', {
    summary: 'List datasets, newest first',
    scope: 'read',
    query: datasetListQuerySchema,
    response: datasetPageSchema,
  })
  list(
    @Caller() caller: Principal,
    @ZodQuery(datasetListQuerySchema) query: DatasetListQuery,
  ): Promise<Page<Dataset>> {
    return this.datasets.list(caller, query);
  }

  @GetEndpoint(':id', {
    summary: 'Get a dataset: its state, columns and counts',
    scope: 'read',
    params,
    response: datasetSchema,
  })
  get(@Caller() caller: Principal, @Param('id') id: string): Promise<Dataset> {
    return this.datasets.get(caller, id);
  }

  @PostEndpoint(':id/complete', {
    summary: 'Say that the upload is there; its check begins',
    scope: 'write',
    status: 202,
    params,
    body: completeDatasetSchema,
    response: datasetSchema,
    location: '/v1/datasets',
  })
  complete(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @ZodBody(completeDatasetSchema) body: CompleteDataset,
  ): Promise<Dataset> {
    return this.datasets.complete(caller, id, body);
  }

  @GetEndpoint(':id/upload', {
    summary: 'Which parts of an upload have arrived, and where to send the others',
    scope: 'write',
    params,
    response: multipartPlanSchema,
  })
  upload(@Caller() caller: Principal, @Param('id') id: string): Promise<MultipartPlan> {
    return this.datasets.resumeUpload(caller, id);
  }

  @GetEndpoint(':id/preview', {
    summary: 'The first rows of a dataset that is ready',
    scope: 'read',
    params,
    query: previewQuerySchema,
    response: datasetPreviewSchema,
  })
  preview(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @ZodQuery(previewQuerySchema) query: PreviewQuery,
  ): Promise<DatasetPreview> {
    return this.contents.preview(caller, id, query);
  }

  @GetEndpoint(':id/stats', {
    summary: 'Statistics of each column of a dataset that is ready',
    scope: 'read',
    params,
    response: datasetStatsSchema,
  })
  stats(@Caller() caller: Principal, @Param('id') id: string): Promise<DatasetStats> {
    return this.contents.stats(caller, id);
  }

  @DeleteEndpoint(':id', {
    summary:
      'Delete a dataset and its files: one that no run refers to, or by force one that only ended runs do',
    scope: 'write',
    params,
    query: deleteDatasetQuerySchema,
    response: datasetSchema,
    ifMatch: true,
  })
  remove(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @ZodQuery(deleteDatasetQuerySchema) query: DeleteDataset,
    @IfMatch() precondition: Precondition,
  ): Promise<Dataset> {
    return this.removal.remove(caller, id, query, precondition);
  }
}
