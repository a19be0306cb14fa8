// Settings of the optimizers. Names, defaults and meanings are those of Keras 3.15's classes of the same name.

import { z } from 'zod';
import { storable } from '../common/text.js';

/** The smallest normal float32; what is smaller would be 0 in a step. */
const SMALLEST_FLOAT32 = 2 ** -126;

/** Names of weights; `*` stands for any characters: `dense_1/*`, or every bias as `*` + `/bias`. */
export const weightPatternSchema = z.string().min(1).max(200).check(storable);
const patterns = z.array(weightPatternSchema).max(100).default([]);

const learningRate = (initial: number) => z.number().positive().max(1000).default(initial);
const fraction = (initial: number) => z.number().min(0).lt(1).default(initial);
const epsilon = (initial: number) => z.number().min(SMALLEST_FLOAT32).max(1).default(initial);
const strength = (initial: number) => z.number().min(0).max(1e6).default(initial);
const flag = (initial: boolean) => z.boolean().default(initial);
const decay = (initial: number | null) => z.number().min(0).max(1000).nullable().default(initial);

/** What every optimizer has. */
const common = (weightDecay: number | null = null) => ({
  weightDecay: decay(weightDecay).describe(
    'Decoupled: w - w * weightDecay * learningRate, before the update',
  ),
  weightDecayExclude: z
    .strictObject({
      names: patterns,
      roles: z
        .array(z.enum(['bias', 'normalization']))
        .max(2)
        .default([]),
    })
    .prefault({})
    .describe('Weights that do not decay, by name or by what they are for'),
  ema: z
    .strictObject({
      momentum: z.number().min(0).max(1).default(0.99),
      overwriteEverySteps: z.int().min(1).nullable().default(null),
    })
    .nullable()
    .default(null)
    .describe('A moving average of the weights; evaluation uses it'),
  learningRateFactors: z
    .array(z.strictObject({ weights: weightPatternSchema, factor: z.number().min(0).max(1e6) }))
    .max(100)
    .default([])
    .describe(
      'The first pattern that fits a weight multiplies its learning rate; 0 leaves the weight as it is',
    ),
});

const adam = { beta1: fraction(0.9), beta2: fraction(0.999), epsilon: epsilon(1e-7) };
const sgdSchema = z.strictObject({
  name: z.literal('sgd'),
  learningRate: learningRate(0.01),
  momentum: fraction(0),
  nesterov: flag(false),
  ...common(),
});
const adamSchema = z.strictObject({
  name: z.literal('adam'),
  learningRate: learningRate(0.001),
  ...adam,
  amsgrad: flag(false),
  ...common(),
});
const adamWSchema = adamSchema.extend({ name: z.literal('adamW'), weightDecay: decay(0.004) });
const nadamSchema = adamSchema.omit({ amsgrad: true }).extend({ name: z.literal('nadam') });
const adamaxSchema = nadamSchema.extend({ name: z.literal('adamax') });
const lambSchema = nadamSchema.extend({ name: z.literal('lamb') });
const rmspropSchema = z.strictObject({
  name: z.literal('rmsprop'),
  learningRate: learningRate(0.001),
  rho: fraction(0.9),
  momentum: fraction(0),
  epsilon: epsilon(1e-7),
  centered: flag(false),
  ...common(),
});
const adagradSchema = z.strictObject({
  name: z.literal('adagrad'),
  learningRate: learningRate(0.001),
  initialAccumulatorValue: strength(0.1),
  epsilon: epsilon(1e-7),
  ...common(),
});
const adadeltaSchema = z.strictObject({
  name: z.literal('adadelta'),
  learningRate: learningRate(0.001),
  rho: fraction(0.95),
  epsilon: epsilon(1e-7),
  ...common(),
});
/** Keras's `relative_step` is left out: its rate is at most 1/√t either way, so that it changes nothing. */
const adafactorSchema = z.strictObject({
  name: z.literal('adafactor'),
  learningRate: learningRate(0.001),
  beta2Decay: z.number().min(-10).max(0).default(-0.8),
  epsilon1: epsilon(1e-30),
  epsilon2: epsilon(1e-3),
  clipThreshold: z.number().positive().max(1e6).default(1),
  ...common(),
});
const ftrlSchema = z.strictObject({
  name: z.literal('ftrl'),
  learningRate: learningRate(0.001),
  learningRatePower: z.number().min(-10).max(0).default(-0.5),
  initialAccumulatorValue: strength(0.1),
  l1: strength(0),
  l2: strength(0),
  l2Shrinkage: strength(0),
  beta: strength(0),
  ...common(),
});
const lionSchema = z.strictObject({
  name: z.literal('lion'),
  learningRate: learningRate(0.001),
  beta1: fraction(0.9),
  beta2: fraction(0.99),
  ...common(),
});
const coefficient = (initial: number) => z.number().min(-100).max(100).default(initial);
const muonSchema = z.strictObject({
  name: z.literal('muon'),
  learningRate: learningRate(0.001),
  momentum: fraction(0.95),
  nesterov: flag(true),
  newtonSchulzSteps: z.int().min(1).max(20).default(5),
  newtonSchulzA: coefficient(3.4445),
  newtonSchulzB: coefficient(-4.775),
  newtonSchulzC: coefficient(2.0315),
  rmsRate: z.number().positive().max(1000).nullable().default(0.2),
  excludeEmbeddings: flag(true).describe('Weights with "embedding" in their name get AdamW'),
  exclude: patterns.describe('Weights that get AdamW; those that are not matrices get it in any case'),
  adamBeta1: fraction(0.9),
  adamBeta2: fraction(0.999),
  epsilon: epsilon(1e-7),
  adamLearningRateRatio: z.number().positive().max(1000).default(1),
  adamWeightDecay: decay(0.004),
  ...common(0.004),
});
const scheduleFreeAdamWSchema = z.strictObject({
  name: z.literal('scheduleFreeAdamW'),
  learningRate: learningRate(0.0025),
  form: z
    .enum(['keras', 'paper'])
    .default('keras')
    .describe(
      'Keras on TensorFlow takes z after its update where the paper takes it before: beta1 then has no part',
    ),
  beta1: fraction(0.9).describe('Share of the average in the point where gradients are taken'),
  beta2: fraction(0.999),
  epsilon: epsilon(1e-8),
  warmupSteps: z.int().min(0).max(1e9).default(0),
  ...common(),
});

/** An optimizer by name, or with its options. */
export const optimizerSettingsSchema = z.preprocess(
  (value) => (typeof value === 'string' ? { name: value } : value),
  z.discriminatedUnion('name', [
    sgdSchema,
    adamSchema,
    adamWSchema,
    nadamSchema,
    adamaxSchema,
    rmspropSchema,
    adagradSchema,
    adadeltaSchema,
    adafactorSchema,
    ftrlSchema,
    lionSchema,
    lambSchema,
    muonSchema,
    scheduleFreeAdamWSchema,
  ]),
);
export type OptimizerSettings = z.infer<typeof optimizerSettingsSchema>;
export type OptimizerName = OptimizerSettings['name'];
/** The settings of one optimizer. */
export type SettingsOf<Name extends OptimizerName> = Extract<OptimizerSettings, { name: Name }>;
