// What answers of REST have in common: Location and ETag, and the first answer again for an Idempotency-Key.

import { Idempotency, requireScope } from '@gradstream/domain';
import {
  Injectable,
  StreamableFile,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, lastValueFrom, map, type Observable } from 'rxjs';
import { bearerOf } from '../auth/bearer.js';
import { ENDPOINT, hasEtag, type Endpoint } from './endpoint.js';
import { etagOf, matches } from './etag.js';
import { toKeyed } from './keyed.js';
import { principalOf } from './request.js';

/** The answer with its entity tag; an empty 304 to a client that has it already. */
function tag(result: unknown, request: FastifyRequest, reply: FastifyReply): unknown {
  if (typeof result !== 'object' || result === null || result instanceof StreamableFile) return result;
  const etag = etagOf(result);
  void reply.header('etag', etag);
  const known = request.headers['if-none-match'];
  if (known === undefined || !matches(known, etag, { weak: true })) return result;
  void reply.status(304);
  return undefined;
}

@Injectable()
export class AnswerInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly idempotency: Idempotency,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType<string>() !== 'http') return next.handle();
    const endpoint = this.reflector.get<Endpoint | undefined>(ENDPOINT, context.getHandler());
    if (!endpoint) return next.handle();
    if (hasEtag(endpoint)) {
      const http = context.switchToHttp();
      return next.handle().pipe(map((result) => tag(result, http.getRequest(), http.getResponse())));
    }
    return endpoint.method === 'post' ? from(this.#answer(context, endpoint, next)) : next.handle();
  }

  async #answer(context: ExecutionContext, endpoint: Endpoint, next: CallHandler): Promise<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const key = request.headers['idempotency-key'];
    // Before an answer is given again, which the use case would not see.
    if (endpoint.scope) requireScope(principalOf(request), endpoint.scope);
    const result =
      key === undefined || endpoint.pure
        ? await lastValueFrom<unknown>(next.handle())
        : await this.#once(request, String(key), next);
    const id: unknown = typeof result === 'object' && result !== null ? Reflect.get(result, 'id') : undefined;
    if (endpoint.location && typeof id === 'string')
      void reply.header('location', `${endpoint.location}/${id}`);
    return result;
  }

  #once(request: FastifyRequest, key: string, next: CallHandler): Promise<unknown> {
    const principal = principalOf(request);
    const secret = bearerOf(request.headers.authorization) ?? '';
    const keyed = toKeyed(principal, secret, { key, of: request.url, input: request.body });
    return this.idempotency.once(principal, keyed, () => lastValueFrom<unknown>(next.handle()));
  }
}
