// What the operator learns of failures in GraphQL: a count by code, and a log line for those that we did not expect.

import { Logger, Telemetry } from '@gradstream/platform';
import { Injectable } from '@nestjs/common';
import type { GraphQLError } from 'graphql';
import { toCatalogue } from './errors.js';

@Injectable()
export class GraphqlReporter {
  constructor(
    private readonly logger: Logger,
    private readonly telemetry: Telemetry,
  ) {}

  /** Counts the errors of an operation, and logs the unexpected ones under its request id. */
  report(errors: readonly GraphQLError[], requestId: string | undefined): void {
    for (const error of errors) {
      const { code } = toCatalogue(error.message, error);
      this.telemetry.errors.inc({ code });
      if (code === 'INTERNAL')
        this.logger.log.error({ err: error.originalError ?? error, requestId }, 'unexpected error');
    }
  }
}
