// Metrics and their options: a name, or an object of a name and options. Options that Keras 3 has, too, have its defaults.

import { z } from 'zod';

/**
 * What a trainer tells of itself each second, over the steps since the last time: samples a second, cores that it kept busy,
 * bytes of memory that it holds, and of a step's time in ms the parts that went into gathering samples, into waiting for
 * TensorFlow when that was done, and passed outside of steps (validation, checkpoints, waiting for the worker).
 */
export const SYSTEM_SERIES: readonly string[] =
  'samplesPerSecond cpuCores memoryBytes gatherMs waitMs outsideMs'.split(' ');

/** The other series of a step's frame (`StepEvent`, and the time it took): a metric of such a name would hide them. */
export const STEP_SERIES: readonly string[] =
  'loss learningRate gradientNorm clippedGradientNorm lossScale skipped stepMs'
    .split(' ')
    .concat(SYSTEM_SERIES);
/** So begin the series of validation data (`validationName`). */
const OF_VALIDATION = /^val[A-Z]/;

const shared = {
  label: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/, 'must be letters, digits and _, starting with a letter')
    .refine(
      (label) => !STEP_SERIES.includes(label) && !OF_VALIDATION.test(label),
      `is the name of another series: not ${STEP_SERIES.join(', ')}, nor "val" and a capital letter`,
    )
    .optional()
    .describe('The name in results, by default that of the metric'),
};
const k = z.int().min(1).max(1_000_000).default(5);
const fromLogits = z.boolean().default(false);
const average = z
  .enum(['none', 'micro', 'macro', 'weighted'])
  .default('macro')
  .describe('Over classes: a value for each, all counted together, their mean, or weighted by frequency');
const threshold = z
  .number()
  .gt(0)
  .lt(1)
  .nullable()
  .default(null)
  .describe(
    'Probability above which a class is predicted; null: 0.5 for yes or no, else the likeliest class',
  );

const counts = { threshold, average };
const curve = {
  average,
  maxSamples: z
    .int()
    .min(1)
    .max(20_000_000)
    .default(1_000_000)
    .describe(
      'Pairs of score and label, of 8 bytes, that are kept; with more it is computed at 200 thresholds',
    ),
};

/** The schema of one metric. */
const metric = <Name extends string, Options extends z.ZodRawShape>(name: Name, options: Options) =>
  z.strictObject({ name: z.literal(name), ...options, ...shared });

const metricObjectSchema = z.discriminatedUnion('name', [
  metric('accuracy', {}),
  metric('binaryAccuracy', { threshold: z.number().gt(0).lt(1).default(0.5) }),
  metric('categoricalAccuracy', {}),
  metric('sparseCategoricalAccuracy', {}),
  metric('topKCategoricalAccuracy', { k }),
  metric('sparseTopKCategoricalAccuracy', { k }),
  metric('precision', counts),
  metric('recall', counts),
  metric('f1', counts),
  metric('confusionMatrix', { threshold }),
  metric('rocAuc', curve),
  metric('prAuc', curve),
  metric('meanAbsoluteError', {}),
  metric('meanSquaredError', {}),
  metric('rootMeanSquaredError', {}),
  metric('meanAbsolutePercentageError', {}),
  metric('meanSquaredLogarithmicError', {}),
  metric('r2', {
    aggregation: z
      .enum(['uniformAverage', 'varianceWeightedAverage', 'none'])
      .default('uniformAverage')
      .describe('Over the units of the output'),
  }),
  metric('cosineSimilarity', { axis: z.int().min(-8).max(7).default(-1) }),
  metric('perplexity', { fromLogits }),
  metric('binaryCrossentropy', { fromLogits, labelSmoothing: z.number().min(0).max(1).default(0) }),
  metric('categoricalCrossentropy', { fromLogits, labelSmoothing: z.number().min(0).max(1).default(0) }),
  metric('sparseCategoricalCrossentropy', { fromLogits, ignoreClass: z.int().nullable().default(null) }),
  metric('klDivergence', {}),
  metric('poisson', {}),
  metric('logCosh', {}),
  metric('hinge', {}),
  metric('squaredHinge', {}),
  metric('categoricalHinge', {}),
]);

/** A metric by name, or with its options. */
const metricSettingsSchema = z.preprocess(
  (value) => (typeof value === 'string' ? { name: value } : value),
  metricObjectSchema,
);
export type MetricSettings = z.infer<typeof metricSettingsSchema>;

const MAX_METRICS = 50;

/** The metrics of one output; each has a name of its own in the results. */
export const metricsSettingsSchema = z
  .array(metricSettingsSchema)
  .max(MAX_METRICS)
  .refine(
    (metrics) => new Set(metrics.map(({ name, label }) => label ?? name)).size === metrics.length,
    'two metrics have the same name: give one a label',
  );
