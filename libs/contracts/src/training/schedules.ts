// Settings of the learning rate's schedules. The optimizer's learning rate is where a schedule starts, or for oneCycle
// its peak. Names, defaults and meanings are those of Keras 3.15, oneCycle's those of PyTorch.

import { z } from 'zod';

const steps = z.int().min(1).max(1e12);
const rate = z.number().min(0).max(1000);
const ratio = z.number().positive().max(1000);
const flag = z.boolean().default(false);
/** Null stands for the rest of the run. */
const wholeRun = steps.nullable().default(null);

/** The schedule begins after the warm-up: its step 0 is the first step at the full rate. */
const warmup = {
  warmupSteps: z.int().min(0).max(1e12).default(0),
  warmupStart: rate.default(0).describe('Learning rate of the first step of the warm-up'),
};

const constantSchema = z.strictObject({ name: z.literal('constant'), ...warmup });
const exponentialSchema = z.strictObject({
  name: z.literal('exponential'),
  decaySteps: steps,
  decayRate: ratio,
  staircase: flag,
  ...warmup,
});
const inverseTimeSchema = exponentialSchema.extend({ name: z.literal('inverseTime') });
const piecewiseSchema = z
  .strictObject({
    name: z.literal('piecewise'),
    boundaries: z.array(steps).min(1).max(1000),
    values: z.array(rate).min(2).max(1001).describe('Learning rates, one more than boundaries'),
    ...warmup,
  })
  .refine(({ boundaries, values }) => values.length === boundaries.length + 1, {
    message: 'needs one value more than boundaries',
    path: ['values'],
  })
  .refine(({ boundaries }) => boundaries.every((step, at) => at === 0 || step > (boundaries[at - 1] ?? 0)), {
    message: 'boundaries must increase',
    path: ['boundaries'],
  });
const polynomialSchema = z.strictObject({
  name: z.literal('polynomial'),
  decaySteps: wholeRun,
  endLearningRate: rate.default(1e-4),
  power: z.number().min(0).max(100).default(1),
  cycle: flag,
  ...warmup,
});
const linearSchema = z.strictObject({
  name: z.literal('linear'),
  decaySteps: wholeRun,
  endLearningRate: rate.default(0),
  ...warmup,
});
const cosineSchema = z.strictObject({
  name: z.literal('cosine'),
  decaySteps: wholeRun,
  alpha: z.number().min(0).max(1).default(0).describe('Share of the learning rate at the end'),
  ...warmup,
});
const cosineRestartsSchema = z.strictObject({
  name: z.literal('cosineRestarts'),
  firstDecaySteps: steps,
  tMul: z.number().min(1).max(1000).default(2),
  mMul: ratio.default(1),
  alpha: z.number().min(0).max(1).default(0),
  ...warmup,
});
const oneCycleSchema = z.strictObject({
  name: z.literal('oneCycle'),
  totalSteps: wholeRun,
  pctStart: z.number().gt(0).lt(1).default(0.3).describe('Share of the steps that the rate rises'),
  anneal: z.enum(['cos', 'linear']).default('cos'),
  divFactor: z.number().min(1).max(1e12).default(25),
  finalDivFactor: z.number().min(1).max(1e12).default(1e4),
  threePhase: flag,
  ...warmup,
});

/** A schedule by name, or with its options. */
export const scheduleSchema = z.preprocess(
  (value) => (typeof value === 'string' ? { name: value } : value),
  z.discriminatedUnion('name', [
    constantSchema,
    exponentialSchema,
    inverseTimeSchema,
    piecewiseSchema,
    polynomialSchema,
    linearSchema,
    cosineSchema,
    cosineRestartsSchema,
    oneCycleSchema,
  ]),
);
export type ScheduleSettings = z.infer<typeof scheduleSchema>;
/** The settings of one schedule. */
export type ScheduleOf<Name extends ScheduleSettings['name']> = Extract<ScheduleSettings, { name: Name }>;
