// One decorator a REST endpoint: it makes the route, and keeps what OpenAPI says of it. The document is built from
// the same declarations that serve, so the two cannot differ.

import type { Scope } from '@gradstream/contracts';
import { applyDecorators, Delete, Get, HttpCode, Patch, Post, SetMetadata } from '@nestjs/common';
import type { z } from 'zod';

export interface EndpointOptions {
  readonly summary: string;
  /** The scope that the use case asks for; null for endpoints without a key. */
  readonly scope: Scope | null;
  /** Status of the answer; 200 unless said otherwise. */
  readonly status?: number;
  readonly params?: Readonly<Record<string, z.ZodType>>;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Schema of a JSON answer, or the media type of another one. */
  readonly response: z.ZodType | 'application/octet-stream' | 'text/event-stream';
  /** Media types of the same as a file, where the query asks for one. */
  readonly files?: readonly string[];
  /** What may go wrong besides what may anywhere: a sentence a status. */
  readonly problems?: Readonly<Partial<Record<'504', string>>>;
  /** Path of the resource that an answer tells of, for the Location header. */
  readonly location?: string;
  /** Whether the answer is worked out of the request alone: an Idempotency-Key is taken, and no answer kept for it. */
  readonly pure?: boolean;
  /** Whether a GET without an id answers with one resource, which an ETag names. */
  readonly etag?: boolean;
  /** Whether If-Match is honoured: the use case takes a precondition. */
  readonly ifMatch?: boolean;
}

export interface Endpoint extends EndpointOptions {
  readonly method: 'get' | 'post' | 'patch' | 'delete';
  readonly path: string;
}

export const ENDPOINT = 'gradstream:endpoint';

function endpoint(method: Endpoint['method'], path: string, options: EndpointOptions): MethodDecorator {
  const route = { get: Get, post: Post, patch: Patch, delete: Delete }[method](path);
  const details: Endpoint = { method, path, ...options };
  return applyDecorators(route, HttpCode(options.status ?? 200), SetMetadata(ENDPOINT, details));
}

export const GetEndpoint = (path: string, options: EndpointOptions): MethodDecorator =>
  endpoint('get', path, options);
export const PostEndpoint = (path: string, options: EndpointOptions): MethodDecorator =>
  endpoint('post', path, options);
export const PatchEndpoint = (path: string, options: EndpointOptions): MethodDecorator =>
  endpoint('patch', path, options);
export const DeleteEndpoint = (path: string, options: EndpointOptions): MethodDecorator =>
  endpoint('delete', path, options);

/** Whether an endpoint answers with one resource as it is now, which an ETag names. */
export const hasEtag = ({ method, params, etag = params !== undefined, response }: Endpoint): boolean =>
  method === 'get' && etag && typeof response !== 'string';
