// Entity tags (RFC 9110, section 8.8): a hash of the JSON that a GET of the resource answers.

import { GradstreamError } from '@gradstream/contracts';
import type { Precondition } from '@gradstream/domain';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { createHash } from 'node:crypto';

/** The strong entity tag of a resource. */
export function etagOf(resource: object): string {
  return `"${createHash('sha256').update(JSON.stringify(resource)).digest('base64url').slice(0, 27)}"`;
}

/** Whether a list of entity tags, or `*`, names this one. Weak ones match only where weak comparison is asked for. */
export function matches(header: string, etag: string, { weak }: { weak: boolean }): boolean {
  const tags = header.split(',').map((tag) => tag.trim());
  return tags.some((tag) => tag === '*' || (weak ? tag.replace(/^W\//, '') : tag) === etag);
}

/** The precondition of a request: its If-Match header, if it has one. */
export const IfMatch = createParamDecorator((_: unknown, context: ExecutionContext): Precondition => {
  const header = context.switchToHttp().getRequest<FastifyRequest>().headers['if-match'];
  return (current) => {
    if (header === undefined || matches(header, etagOf(current), { weak: false })) return;
    const detail = 'It was changed since you read it: GET it again, and decide by what it is now.';
    throw new GradstreamError('PRECONDITION_FAILED', detail);
  };
});
