// What a run learns at the outputs of its model: settings of the only output, or of several by their names.

import { z } from 'zod';
import { storable } from '../common/text.js';
import { toPointer } from '../errors/zod.js';
import { lossSettingsSchema, outputLossSchema, type LossSettings } from '../training/losses.js';
import { metricsSettingsSchema, type MetricSettings } from '../training/metrics.js';
import { targetSchema, type RunTarget } from './data.js';

const outputName = z.string().min(1).max(200).check(storable);

const isByOutput = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, 'outputs');

/**
 * Settings of the only output, or `{outputs: {name: …}}`. One of both refuses a value as if it were none, so that
 * problems are told of the form that was meant.
 */
const perOutput = <One extends z.ZodType, Each extends z.ZodType>(one: One, each: Each) => {
  const several = z.strictObject({ outputs: z.record(outputName, each) });
  // Without nonoptional, what is preprocessed is no required key in the API's description.
  return z.nonoptional(
    z.union([
      z.preprocess((value: z.input<One>): unknown => (isByOutput(value) ? undefined : value), one),
      z.preprocess(
        (value: z.input<typeof several>): unknown => (isByOutput(value) ? value : undefined),
        several,
      ),
    ]),
  );
};

export const classWeightsSchema = z
  .union([z.literal('balanced'), z.array(z.number().min(0)).min(2).max(1000)])
  .nullable()
  .default(null)
  .describe(
    'Factor of each class, by class index; balanced: rows / (classes · rows of the class), of the training rows',
  );
type ClassWeights = z.infer<typeof classWeightsSchema>;

export const runTargetSchema = perOutput(targetSchema, targetSchema).describe(
  'Of the only output, or {outputs: {name: …}}, one for each output of the model',
);

export const runLossSchema = perOutput(
  lossSettingsSchema,
  outputLossSchema.extend({ classWeights: classWeightsSchema }),
).describe(
  'Of the only output, or {outputs: {name: {loss, weight, classWeights}}}: weights are factors in the total',
);

export const runMetricsSchema = perOutput(metricsSettingsSchema, metricsSettingsSchema)
  .default([])
  .describe('Of the only output, or {outputs: {name: […]}}');

/** The parts of a run's spec that are of outputs. */
export interface OutputSettings {
  readonly target: z.infer<typeof runTargetSchema>;
  readonly loss: z.infer<typeof runLossSchema>;
  readonly classWeights?: ClassWeights;
  readonly metrics?: z.infer<typeof runMetricsSchema>;
}

/** One output: what is learned there, and how. */
export interface RunOutput {
  /** Null for the only one, whatever its name is. */
  readonly name: string | null;
  readonly target: RunTarget;
  readonly loss: LossSettings;
  /** Factor of its loss in the total. */
  readonly weight: number;
  readonly classWeights: ClassWeights;
  readonly metrics: readonly MetricSettings[];
  /** JSON pointers into the spec. */
  readonly at: Readonly<Record<'target' | 'loss' | 'classWeights' | 'metrics', string>>;
}

const ONLY = { target: '/target', loss: '/loss', classWeights: '/classWeights', metrics: '/metrics' };

/**
 * The outputs that have a target and a loss, in the order of the targets. Targets and losses of which one is by output and
 * the other is not have nothing in common: then there is none.
 */
export function outputsOf({ target, loss, classWeights = null, metrics = [] }: OutputSettings): RunOutput[] {
  if (!('outputs' in target)) {
    if ('outputs' in loss) return [];
    const own = 'outputs' in metrics ? [] : metrics;
    return [{ name: null, target, loss, weight: 1, classWeights, metrics: own, at: ONLY }];
  }
  if (!('outputs' in loss)) return [];
  return Object.entries(target.outputs).flatMap(([name, one]): RunOutput[] => {
    const learned = Object.hasOwn(loss.outputs, name) ? loss.outputs[name] : undefined;
    if (!learned) return [];
    const measured =
      'outputs' in metrics && Object.hasOwn(metrics.outputs, name) ? metrics.outputs[name] : [];
    const at = {
      target: toPointer(['target', 'outputs', name]),
      loss: toPointer(['loss', 'outputs', name, 'loss']),
      classWeights: toPointer(['loss', 'outputs', name, 'classWeights']),
      metrics: toPointer(['metrics', 'outputs', name]),
    };
    return [{ name, target: one, ...learned, metrics: measured ?? [], at }];
  });
}

/** All targets, whether they have a loss or not, with their pointers. */
export function targetsOf({
  target,
}: Pick<OutputSettings, 'target'>): { name: string | null; target: RunTarget; pointer: string }[] {
  if (!('outputs' in target)) return [{ name: null, target, pointer: '/target' }];
  return Object.entries(target.outputs).map(([name, one]) => ({
    ...{ name, target: one },
    pointer: toPointer(['target', 'outputs', name]),
  }));
}
