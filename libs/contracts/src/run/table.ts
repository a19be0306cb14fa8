// Runs as rows of a table: light, and sorted by whatever was measured.

import { z } from 'zod';
import { idSchema } from '../common/ids.js';
import { wireNumberSchema } from '../common/numbers.js';
import { pageQuerySchema, pageSchema, timestampSchema } from '../common/pages.js';
import { storable } from '../common/text.js';
import { errorCodeSchema } from '../errors/problem.js';
import { tagSchema } from './controls.js';
import { runStateSchema } from './run.js';

/** Most runs that one request names. */
const MAX_IDS = 100;

const seriesSummarySchema = z
  .object({
    min: wireNumberSchema.nullable().describe('Null when no value was a number'),
    minStep: z.int().nullable().describe('The first step with it'),
    max: wireNumberSchema.nullable(),
    maxStep: z.int().nullable(),
    last: wireNumberSchema,
  })
  .meta({ id: 'SeriesSummary' });
export type SeriesSummary = z.infer<typeof seriesSummarySchema>;

export const runSummarySchema = z
  .record(z.string(), seriesSummarySchema)
  .describe('Of each series, without what later attempts took back');
export type RunSummary = z.infer<typeof runSummarySchema>;

const runTableRowSchema = z
  .object({
    id: idSchema('run'),
    name: z.string(),
    state: runStateSchema,
    tags: z.array(z.string()),
    step: z.int(),
    totalSteps: z.int().nullable(),
    epoch: z.int(),
    attempt: z.int(),
    createdAt: timestampSchema,
    startedAt: timestampSchema.nullable(),
    finishedAt: timestampSchema.nullable(),
    dataset: z.object({ id: z.string(), name: z.string() }).nullable().describe('Null when it was deleted'),
    model: z
      .object({ id: z.string().nullable(), name: z.string() })
      .describe('Without an id: posted with the run; then its class and how many layers it has'),
    failure: errorCodeSchema.nullable(),
    pauseRequested: z.boolean(),
    cancelRequested: z.boolean(),
    summary: runSummarySchema,
  })
  .meta({ id: 'RunTableRow' });
export type RunTableRow = z.infer<typeof runTableRowSchema>;

export const runTablePageSchema = pageSchema(runTableRowSchema)
  .extend({ total: z.int().describe('How many runs match, on all pages') })
  .meta({ id: 'RunTablePage' });
export type RunTablePage = z.infer<typeof runTablePageSchema>;

const idsOf = (text: string): string[] => text.split(',');
const idListSchema = z
  .string()
  .max(MAX_IDS * 40)
  .refine((text) => z.array(idSchema('run')).max(MAX_IDS).safeParse(idsOf(text)).success, {
    message: `must be at most ${MAX_IDS} ids of runs, comma-separated`,
  });

const PLAIN_SORTS = ['createdAt', 'name', 'state', 'duration', 'step'] as const;
export type PlainSort = (typeof PLAIN_SORTS)[number];
const isSort = (text: string): boolean =>
  PLAIN_SORTS.some((sort) => sort === text) || /^.+\.(?:min|max|last)$/s.test(text);

export const runTableQuerySchema = pageQuerySchema.extend({
  search: z
    .string()
    .max(200)
    .check(storable)
    .optional()
    .describe('Text in the name, the id, a tag or the notes, in whatever case'),
  state: z
    .string()
    .refine((text) => z.array(runStateSchema).safeParse(text.split(',')).success, {
      message: 'must be states, comma-separated',
    })
    .optional()
    .describe('States, comma-separated'),
  tag: z
    .union([tagSchema, z.array(tagSchema).max(20)])
    .optional()
    .describe('A run must have all of them'),
  ids: idListSchema.optional().describe(`Only these runs, at most ${MAX_IDS}, comma-separated`),
  sort: z
    .string()
    .max(500)
    .check(storable)
    .refine(isSort, `must be one of ${PLAIN_SORTS.join(', ')}, or <series>.min, .max or .last`)
    .default('createdAt')
    .describe('Runs without a value, and those with NaN, come last in both orders'),
  order: z.enum(['asc', 'desc']).default('desc'),
});
export type RunTableQuery = z.infer<typeof runTableQuerySchema>;

export const sparklinesQuerySchema = z.strictObject({
  ids: idListSchema.describe(
    `At most ${MAX_IDS} runs, comma-separated; those that are not there are left out`,
  ),
  series: z.string().min(1).max(200).check(storable).default('loss'),
  points: z.coerce
    .number()
    .int()
    .min(2)
    .max(100)
    .default(40)
    .describe('About so many points; the lowest and the highest value come in addition'),
});
export type SparklinesQuery = z.infer<typeof sparklinesQuerySchema>;

const sparklineSchema = z
  .object({ id: idSchema('run'), steps: z.array(z.int()), values: z.array(wireNumberSchema) })
  .meta({ id: 'Sparkline' });
export type Sparkline = z.infer<typeof sparklineSchema>;
export const sparklinesSchema = z.object({ data: z.array(sparklineSchema) }).meta({ id: 'Sparklines' });
export type Sparklines = z.infer<typeof sparklinesSchema>;

export const cancelRunsSchema = z
  .strictObject({ ids: z.array(idSchema('run')).min(1).max(MAX_IDS) })
  .meta({ id: 'CancelRuns' });
export type CancelRuns = z.infer<typeof cancelRunsSchema>;

const cancelOutcomeSchema = z
  .object({
    id: idSchema('run'),
    outcome: z
      .enum(['cancelled', 'requested', 'finished', 'notFound'])
      .describe('requested: it stops at its next step; finished: it had ended before'),
    state: runStateSchema.nullable().describe('Null when there is no such run'),
  })
  .meta({ id: 'CancelOutcome' });
export type CancelOutcome = z.infer<typeof cancelOutcomeSchema>;
export const cancelOutcomesSchema = z
  .object({ data: z.array(cancelOutcomeSchema).describe('In the order of the ids') })
  .meta({ id: 'CancelOutcomes' });
export type CancelOutcomes = z.infer<typeof cancelOutcomesSchema>;
