import { GradstreamError } from '@gradstream/contracts';
import type { Principal } from '@gradstream/domain';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

const principals = new WeakMap<FastifyRequest, Principal>();

/** Remembers who sent a request. */
export function setPrincipal(request: FastifyRequest, principal: Principal): void {
  principals.set(request, principal);
}

/** Who sent a request. Throws UNAUTHENTICATED when the guard let it through without a key. */
export function principalOf(request: FastifyRequest): Principal {
  const principal = principals.get(request);
  if (!principal) throw new GradstreamError('UNAUTHENTICATED', 'Send a key as "Authorization: Bearer gs_…".');
  return principal;
}

/** The caller, as a parameter of a controller's method. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): Principal =>
  principalOf(context.switchToHttp().getRequest<FastifyRequest>()),
);
