// What answers of REST have in common: the Location header, and the first answer again for an Idempotency-Key.

import { GradstreamError } from '@gradstream/contracts';
import { Idempotency } from '@gradstream/domain';
import { Logger } from '@gradstream/platform';
import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { createHash } from 'node:crypto';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { ENDPOINT, type Endpoint } from './endpoint.js';
import { principalOf } from './request.js';

const KEY = /^[\x21-\x7e]{1,200}$/;

/** What makes two requests the same: path and body. */
const fingerprint = (request: FastifyRequest): Buffer =>
  createHash('sha256')
    .update(`${request.url}\n${JSON.stringify(request.body ?? null)}`)
    .digest();

@Injectable()
export class AnswerInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly idempotency: Idempotency,
    private readonly logger: Logger,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType<string>() !== 'http') return next.handle();
    const endpoint = this.reflector.get<Endpoint | undefined>(ENDPOINT, context.getHandler());
    if (endpoint?.method !== 'post') return next.handle();
    return from(this.#answer(context, endpoint, next));
  }

  async #answer(context: ExecutionContext, endpoint: Endpoint, next: CallHandler): Promise<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const key = request.headers['idempotency-key'];
    const result =
      key === undefined
        ? await lastValueFrom<unknown>(next.handle())
        : await this.#once(request, String(key), endpoint, next);
    const id: unknown = typeof result === 'object' && result !== null ? Reflect.get(result, 'id') : undefined;
    if (endpoint.location && typeof id === 'string')
      void reply.header('location', `${endpoint.location}/${id}`);
    return result;
  }

  async #once(request: FastifyRequest, key: string, endpoint: Endpoint, next: CallHandler): Promise<unknown> {
    if (!KEY.test(key))
      throw new GradstreamError(
        'VALIDATION_FAILED',
        'An Idempotency-Key is 1 to 200 printable ASCII characters.',
      );
    const principal = principalOf(request);
    const first = await this.idempotency.begin(principal, key, fingerprint(request));
    if (first) return JSON.parse(first.body) as unknown;
    try {
      const result = await lastValueFrom<unknown>(next.handle());
      const answer = { status: endpoint.status ?? 200, headers: {}, body: JSON.stringify(result) };
      await this.idempotency.store(principal, key, answer);
      return result;
    } catch (error) {
      // A refused request changed nothing, so the key may be used for a corrected one.
      await this.idempotency.release(principal, key).catch((failure: unknown) => {
        this.logger.log.warn({ err: failure }, 'an idempotency key stays taken for a minute');
      });
      throw error;
    }
  }
}
