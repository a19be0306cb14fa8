import { parseInput } from '@gradstream/contracts';
import { Body, Query, type PipeTransform } from '@nestjs/common';
import type { z } from 'zod';

/** Parses a value with a schema. Throws VALIDATION_FAILED. */
class ZodPipe<T> implements PipeTransform<unknown, T> {
  constructor(private readonly schema: z.ZodType<T>) {}

  transform(value: unknown): T {
    return parseInput(this.schema, value ?? {});
  }
}

/** The request's body, parsed. */
export const ZodBody = (schema: z.ZodType): ParameterDecorator => Body(new ZodPipe(schema));

/** The request's query, parsed. */
export const ZodQuery = (schema: z.ZodType): ParameterDecorator => Query(new ZodPipe(schema));
