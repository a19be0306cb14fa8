import { Body, Query, type PipeTransform } from '@nestjs/common';
import type { z } from 'zod';

/** Parses a value with a schema. A failure is a ZodError, which the problem filter answers with its pointers. */
class ZodPipe<T> implements PipeTransform<unknown, T> {
  constructor(private readonly schema: z.ZodType<T>) {}

  transform(value: unknown): T {
    return this.schema.parse(value ?? {});
  }
}

/** The request's body, parsed. */
export const ZodBody = (schema: z.ZodType): ParameterDecorator => Body(new ZodPipe(schema));

/** The request's query, parsed. */
export const ZodQuery = (schema: z.ZodType): ParameterDecorator => Query(new ZodPipe(schema));
