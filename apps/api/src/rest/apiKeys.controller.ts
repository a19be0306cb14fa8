import {
  apiKeyPageSchema,
  apiKeySchema,
  createApiKeySchema,
  createdApiKeySchema,
  currentApiKeySchema,
  idSchema,
  pageQuerySchema,
  type ApiKey,
  type CreateApiKey,
  type CreatedApiKey,
  type CurrentApiKey,
  type Page,
  type PageQuery,
} from '@gradstream/contracts';
import { ApiKeys, type Precondition, type Principal } from '@gradstream/domain';
import { Controller, Param } from '@nestjs/common';
import { DeleteEndpoint, GetEndpoint, PostEndpoint } from '../http/endpoint.js';
import { IfMatch } from '../http/etag.js';
import { Caller } from '../http/request.js';
import { ZodBody, ZodQuery } from '../http/zod.pipe.js';

const params = { id: idSchema('apiKey') };

@Controller('v1/apiKeys')
export class ApiKeysController {
  constructor(private readonly keys: ApiKeys) {}

  @PostEndpoint('', {
    summary: 'Make a key; its secret is shown only now',
    scope: 'admin',
    status: 201,
    body: createApiKeySchema,
    response: createdApiKeySchema,
    location: '/v1/apiKeys',
  })
  create(
    @Caller() caller: Principal,
    @ZodBody(createApiKeySchema) body: CreateApiKey,
  ): Promise<CreatedApiKey> {
    return this.keys.create(caller, body);
  }

  @GetEndpoint('', {
    summary: 'List keys, newest first',
    scope: 'admin',
    query: pageQuerySchema,
    response: apiKeyPageSchema,
  })
  list(@Caller() caller: Principal, @ZodQuery(pageQuerySchema) query: PageQuery): Promise<Page<ApiKey>> {
    return this.keys.list(caller, query);
  }

  @GetEndpoint('current', {
    summary: 'Get the key that the request comes with, and its project',
    scope: 'read',
    response: currentApiKeySchema,
  })
  current(@Caller() caller: Principal): Promise<CurrentApiKey> {
    return this.keys.current(caller);
  }

  @GetEndpoint(':id', { summary: 'Get a key', scope: 'admin', params, response: apiKeySchema })
  get(@Caller() caller: Principal, @Param('id') id: string): Promise<ApiKey> {
    return this.keys.get(caller, id);
  }

  @DeleteEndpoint(':id', {
    summary: 'Revoke a key',
    scope: 'admin',
    params,
    response: apiKeySchema,
    ifMatch: true,
  })
  revoke(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @IfMatch() precondition: Precondition,
  ): Promise<ApiKey> {
    return this.keys.revoke(caller, id, precondition);
  }
}
