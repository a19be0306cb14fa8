import {
  createModelSchema,
  idSchema,
  modelPageSchema,
  modelSchema,
  pageQuerySchema,
  modelSummarySchema,
  modelVerdictSchema,
  type CreateModel,
  type Model,
  type ModelSummary,
  type ModelVerdict,
  type Page,
  type PageQuery,
} from '@gradstream/contracts';
import { Models, type Precondition, type Principal } from '@gradstream/domain';
import { Controller, Param } from '@nestjs/common';
import { DeleteEndpoint, GetEndpoint, PostEndpoint } from '../http/endpoint.js';
import { IfMatch } from '../http/etag.js';
import { Caller } from '../http/request.js';
import { ZodBody, ZodQuery } from '../http/zod.pipe.js';

const params = { id: idSchema('model') };

@Controller('v1/models')
export class ModelsController {
  constructor(private readonly models: Models) {}

  @PostEndpoint('', {
    summary: 'Store a model',
    scope: 'write',
    status: 201,
    body: createModelSchema,
    response: modelSchema,
    location: '/v1/models',
  })
  create(@Caller() caller: Principal, @ZodBody(createModelSchema) body: CreateModel): Promise<Model> {
    return this.models.create(caller, body);
  }

  @PostEndpoint('validate', {
    summary: 'Check a model; nothing is stored',
    scope: 'read',
    body: createModelSchema,
    response: modelVerdictSchema,
  })
  validate(@Caller() caller: Principal, @ZodBody(createModelSchema) body: CreateModel): ModelVerdict {
    return this.models.validate(caller, body);
  }

  @GetEndpoint('', {
    summary: 'List models, newest first',
    scope: 'read',
    query: pageQuerySchema,
    response: modelPageSchema,
  })
  list(@Caller() caller: Principal, @ZodQuery(pageQuerySchema) query: PageQuery): Promise<Page<Model>> {
    return this.models.list(caller, query);
  }

  @GetEndpoint(':id', {
    summary: 'Get a model with its layers, shapes and parameter counts',
    scope: 'read',
    params,
    response: modelSchema,
  })
  get(@Caller() caller: Principal, @Param('id') id: string): Promise<Model> {
    return this.models.get(caller, id);
  }

  @GetEndpoint(':id/summary', {
    summary: 'The layers of a model with shapes and parameters, and the totals',
    scope: 'read',
    params,
    response: modelSummarySchema,
  })
  summarize(@Caller() caller: Principal, @Param('id') id: string): Promise<ModelSummary> {
    return this.models.summary(caller, id);
  }

  @DeleteEndpoint(':id', {
    summary: 'Delete a model that no run refers to',
    scope: 'write',
    params,
    response: modelSchema,
    ifMatch: true,
  })
  remove(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @IfMatch() precondition: Precondition,
  ): Promise<Model> {
    return this.models.remove(caller, id, precondition);
  }
}
