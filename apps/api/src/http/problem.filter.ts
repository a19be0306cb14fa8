// Answers every failure of REST as problem+json (RFC 9457), with a code of the catalogue.

import { GradstreamError } from '@gradstream/contracts';
import { Logger, Telemetry, toGradstreamError } from '@gradstream/platform';
import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

const JSON_ERRORS = new Set([
  'FST_ERR_CTP_INVALID_JSON_BODY',
  'FST_ERR_CTP_EMPTY_JSON_BODY',
  'FST_ERR_CTP_INVALID_CONTENT_LENGTH',
]);

/** Statuses that always come with Retry-After, and its value where the error names none. */
const RETRY_STATUSES = new Set([429, 503]);
const RETRY_SECONDS = 1;

/** A member of an error object, if it has it. */
const member = (error: unknown, name: string): unknown =>
  typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;

/** The errors of Fastify and Nest in our words; others unchanged. */
export function translate(error: unknown): unknown {
  const code = member(error, 'code');
  const status = error instanceof HttpException ? error.getStatus() : member(error, 'statusCode');
  if (error instanceof GradstreamError) return error;
  // Nest wraps Fastify's parser errors, and keeps their message alone.
  const malformed =
    error instanceof HttpException && /not valid JSON|JSON body|empty JSON/i.test(error.message);
  if (malformed || (typeof code === 'string' && JSON_ERRORS.has(code))) {
    return new GradstreamError('MALFORMED_JSON', 'Send one JSON document, in UTF-8.', { cause: error });
  }
  switch (status) {
    case 413:
      return new GradstreamError(
        'PAYLOAD_TOO_LARGE',
        'The body is larger than 16 MiB: upload large data through an upload plan.',
        { cause: error },
      );
    case 415:
      return new GradstreamError('UNSUPPORTED_MEDIA_TYPE', 'Send the body as application/json.', {
        cause: error,
      });
    case 404:
      return new GradstreamError(
        'NOT_FOUND',
        'There is nothing at this path; /openapi.json lists what there is.',
        { cause: error },
      );
    case 400:
      return new GradstreamError(
        'VALIDATION_FAILED',
        error instanceof Error ? error.message : 'The request is malformed.',
        { cause: error },
      );
    default:
      return error;
  }
}

@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly logger: Logger,
    private readonly telemetry: Telemetry,
  ) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    if (host.getType<string>() !== 'http') throw thrown; // GraphQL formats its own errors.
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const error = toGradstreamError(translate(thrown));
    this.telemetry.errors.inc({ code: error.code });
    if (error.code === 'INTERNAL')
      this.logger.log.error({ err: thrown, requestId: request.id }, 'unexpected error');
    if (reply.sent) return;
    const again = RETRY_STATUSES.has(error.status) ? RETRY_SECONDS : undefined;
    const retryAfter = error.retryAfterSeconds ?? again;
    if (retryAfter !== undefined) void reply.header('retry-after', String(retryAfter));
    if (error.code === 'UNAUTHENTICATED') void reply.header('www-authenticate', 'Bearer');
    const [instance = ''] = request.url.split('?');
    void reply
      .status(error.status)
      .type('application/problem+json')
      .send(error.toProblem({ requestId: request.id, instance }));
  }
}
