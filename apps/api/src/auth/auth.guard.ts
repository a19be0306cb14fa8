// Lets requests of /v1 through when they carry a valid key. GraphQL has its own door (graphql/context.ts).

import { GradstreamError } from '@gradstream/contracts';
import { ApiKeys } from '@gradstream/domain';
import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { setPrincipal } from '../http/request.js';
import { bearerOf } from './bearer.js';

@Injectable()
export class AuthGuard implements CanActivate {
  constructor(private readonly keys: ApiKeys) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType<string>() !== 'http') return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (!request.url.startsWith('/v1/')) return true;
    const secret = bearerOf(request.headers.authorization);
    if (secret === null)
      throw new GradstreamError('UNAUTHENTICATED', 'Send a key as "Authorization: Bearer gs_…".');
    setPrincipal(request, await this.keys.authenticate(secret));
    return true;
  }
}
