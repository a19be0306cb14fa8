// The OpenAPI 3.1 document, from the declarations that the controllers are served by.

import { addBareNames, problemSchema } from '@gradstream/contracts';
import type { Type } from '@nestjs/common';
import { PATH_METADATA } from '@nestjs/common/constants.js';
import 'reflect-metadata';
import { z } from 'zod';
import {
  createDocument,
  type CreateDocumentOptions,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
} from 'zod-openapi';
import { ENDPOINT, hasEtag, type Endpoint } from '../http/endpoint.js';

export const API_VERSION = '0.1.0';

/** The endpoints that a controller declares, with whole paths in OpenAPI's form. */
function endpointsOf(controller: Type): (Endpoint & { readonly name: string })[] {
  const base = String(Reflect.getMetadata(PATH_METADATA, controller));
  const prototype: unknown = controller.prototype;
  if (typeof prototype !== 'object' || prototype === null) return [];
  return Object.getOwnPropertyNames(prototype).flatMap((name) => {
    const handler: unknown = Reflect.get(prototype, name);
    if (typeof handler !== 'function') return [];
    const endpoint = Reflect.getMetadata(ENDPOINT, handler) as Endpoint | undefined;
    if (!endpoint) return [];
    const path = `/${[base, endpoint.path].filter(Boolean).join('/')}`.replace(/:(\w+)/g, '{$1}');
    return [{ ...endpoint, path, name }];
  });
}

const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: problemSchema } },
});

/** Answers that every endpoint may give. */
const failures = {
  '400': problem('Malformed JSON or cursor'),
  '401': problem('No valid key'),
  '403': problem('The key lacks a scope'),
  '404': problem('There is no such thing, or it is another project’s'),
  '409': problem('The state does not allow it'),
  '422': problem('Fields are missing or wrong; `errors` names each'),
  '503': problem('A service is away; try again after `Retry-After` seconds'),
} as const;

/** A file or a stream, or JSON and what it may be instead. */
function responseContent({ response, files = [] }: Endpoint) {
  const text = { schema: { type: 'string' } as const };
  if (typeof response !== 'string')
    return {
      'application/json': { schema: response },
      ...Object.fromEntries(files.map((type) => [type, text])),
    };
  const format = response === 'application/octet-stream' ? { format: 'binary' } : {};
  return { [response]: { schema: { type: 'string', ...format } as const } };
}

/** Headers that a request may have. */
function requestHeaders(endpoint: Endpoint): Record<string, z.ZodType> {
  const text = z.string().min(1).max(200).optional();
  return {
    ...(endpoint.method === 'post'
      ? { 'Idempotency-Key': text.describe('Makes it safe to send the request again') }
      : {}),
    ...(hasEtag(endpoint) ? { 'If-None-Match': text.describe('The ETag that is known already') } : {}),
    ...(endpoint.ifMatch ? { 'If-Match': text.describe('The ETag that the change is meant for') } : {}),
  };
}

/** Headers of a success. */
function responseHeaders(endpoint: Endpoint): Record<string, z.ZodType> {
  return {
    'X-Request-Id': z.string().describe('Names the request in the log'),
    ...(endpoint.location ? { Location: z.string().describe('Where the resource is') } : {}),
    ...(hasEtag(endpoint) ? { ETag: z.string().describe('Changes whenever the resource does') } : {}),
  };
}

function operationOf(endpoint: Endpoint, id: string, tag: string): ZodOpenApiOperationObject {
  const { body, query, params } = endpoint;
  const header = requestHeaders(endpoint);
  return {
    operationId: id,
    tags: [tag],
    summary: endpoint.summary,
    description: endpoint.scope ? `Needs the scope \`${endpoint.scope}\`.` : 'Needs no key.',
    requestParams: {
      ...(params ? { path: z.object(params) } : {}),
      ...(query ? { query } : {}),
      ...(Object.keys(header).length > 0 ? { header: z.object(header) } : {}),
    },
    ...(body ? { requestBody: { required: true, content: { 'application/json': { schema: body } } } } : {}),
    responses: {
      [String(endpoint.status ?? 200) as '200']: {
        description: 'Success',
        headers: z.object(responseHeaders(endpoint)),
        content: responseContent(endpoint),
      },
      ...(hasEtag(endpoint) ? { '304': { description: 'It is as If-None-Match says' } } : {}),
      ...(endpoint.ifMatch ? { '412': problem('It is no longer as If-Match says') } : {}),
      ...(body ? { '413': problem('The body is larger than the limit') } : {}),
      ...Object.fromEntries(
        Object.entries(endpoint.problems ?? {}).map(([status, what]) => [status, problem(what)]),
      ),
      ...failures,
    },
  };
}

/** What is posted may be a name alone where it is a name with settings; answers have the settings. */
const options: CreateDocumentOptions = {
  override: (context) => {
    if (context.io === 'input') addBareNames(context);
  },
};

/** The document of some controllers. */
export function createOpenApi(controllers: readonly Type[]): object {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  const tags = new Set<string>();
  for (const controller of controllers) {
    for (const endpoint of endpointsOf(controller)) {
      const tag = endpoint.path.split('/')[2] ?? 'other';
      tags.add(tag);
      const id = `${endpoint.name}${tag[0]?.toUpperCase() ?? ''}${tag.slice(1)}`;
      (paths[endpoint.path] ??= {})[endpoint.method] = operationOf(endpoint, id, tag);
    }
  }
  const document = {
    openapi: '3.1.0' as const,
    info: {
      title: 'Gradstream',
      version: API_VERSION,
      description:
        'Training as a service: post a network and a dataset, watch it train live, download the weights.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'This server' }],
    security: [{ apiKey: [] }],
    tags: [...tags].map((name) => ({ name, description: `Operations on ${name}` })),
    paths: paths satisfies ZodOpenApiPathsObject,
    components: {
      securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer', description: 'The secret of an API key, gs_…' } as const,
      },
    },
  };
  return createDocument(document, options);
}
