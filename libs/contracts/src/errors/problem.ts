import { z } from 'zod';
import { errorCatalogue, type ErrorCode } from './catalogue.js';

const codes = Object.keys(errorCatalogue) as [ErrorCode, ...ErrorCode[]];

/** A code of the catalogue. */
export const errorCodeSchema = z.enum(codes).meta({ id: 'ErrorCode' });

/** One thing that is wrong, with the place in the request (RFC 6901) or the line of a file. */
export const problemItemSchema = z
  .object({
    pointer: z.string().optional().describe('JSON pointer (RFC 6901) into the request body'),
    line: z.int().positive().optional().describe('Line of the file, the header being line 1'),
    column: z.int().positive().optional().describe('Field of the line, counted from 1'),
    code: z.string().describe('What kind of mistake, in a word for programs'),
    message: z.string().describe('What is wrong'),
    hint: z.string().optional().describe('What to do about it'),
  })
  .meta({ id: 'ProblemItem' });
export type ProblemItem = z.infer<typeof problemItemSchema>;

/** RFC 9457 problem details. */
export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string().optional(),
    code: errorCodeSchema,
    requestId: z.string().optional(),
    errors: z.array(problemItemSchema),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof problemSchema>;
