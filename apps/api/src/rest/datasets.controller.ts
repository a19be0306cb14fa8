import {
  createDatasetSchema,
  datasetPageSchema,
  datasetSchema,
  idSchema,
  pageQuerySchema,
  type CreateDataset,
  type Dataset,
  type Page,
  type PageQuery,
} from '@gradstream/contracts';
import { Datasets, type Principal } from '@gradstream/domain';
import { Controller, Param } from '@nestjs/common';
import { GetEndpoint, PostEndpoint } from '../http/endpoint.js';
import { Caller } from '../http/request.js';
import { ZodBody, ZodQuery } from '../http/zod.pipe.js';

const params = { id: idSchema('dataset') };

@Controller('v1/datasets')
export class DatasetsController {
  constructor(private readonly datasets: Datasets) {}

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
    query: pageQuerySchema,
    response: datasetPageSchema,
  })
  list(@Caller() caller: Principal, @ZodQuery(pageQuerySchema) query: PageQuery): Promise<Page<Dataset>> {
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
    response: datasetSchema,
    location: '/v1/datasets',
  })
  complete(@Caller() caller: Principal, @Param('id') id: string): Promise<Dataset> {
    return this.datasets.complete(caller, id);
  }
}
