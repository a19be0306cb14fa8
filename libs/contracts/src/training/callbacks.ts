// What may stop a run, change its learning rate, or ask for a checkpoint. Defaults are those of Keras 3.

import { z } from 'zod';
import { directionOf } from './direction.js';

const count = z.int().min(0);
/** The name of a series, such as `loss`, `valLoss` or `valAccuracy`. */
const monitorSchema = z.string().min(1).max(200);

/** The series that validation data give for one of training: `loss` as `valLoss`. */
export const validationName = (series: string): string =>
  `val${series.charAt(0).toUpperCase()}${series.slice(1)}`;

export const monitoring = {
  monitor: monitorSchema.default('valLoss').describe('The series that is watched'),
  mode: z
    .enum(['auto', 'min', 'max'])
    .default('auto')
    .describe('Whether less or more is better; auto: by name'),
};

/** Refuses `auto` for a series whose name says no direction. */
export const knowsDirection = z.refine<{ monitor: string | null; mode: 'auto' | 'min' | 'max' }>(
  ({ monitor, mode }) => monitor === null || mode !== 'auto' || directionOf(monitor) !== null,
  {
    path: ['mode'],
    message: 'auto cannot tell whether less or more of this series is better: say min or max',
  },
);

/** Stops when a series no longer improves (Keras's EarlyStopping). */
export const earlyStoppingSchema = z
  .strictObject({
    ...monitoring,
    minDelta: z.number().min(0).default(0).describe('What is not more than this is no improvement'),
    patience: count.default(0).describe('Epochs without improvement before the stop'),
    baseline: z
      .number()
      .nullable()
      .default(null)
      .describe('Patience runs until the series is better than this'),
    startFromEpoch: count.default(0).describe('Epochs at the start that are not watched'),
    restoreBest: z.boolean().default(false).describe('End with the weights of the best epoch'),
  })
  .check(knowsDirection);
export type EarlyStopping = z.infer<typeof earlyStoppingSchema>;

/** Lowers the learning rate when a series no longer improves (Keras's ReduceLROnPlateau). */
export const reduceOnPlateauSchema = z
  .strictObject({
    ...monitoring,
    factor: z.number().gt(0).lt(1).default(0.1).describe('What the learning rate is multiplied by'),
    patience: count.default(10).describe('Epochs without improvement before a reduction'),
    minDelta: z.number().min(0).default(1e-4).describe('What is not more than this is no improvement'),
    cooldown: count.default(0).describe('Epochs after a reduction that do not count'),
    minLearningRate: z.number().min(0).default(0),
  })
  .check(knowsDirection);
export type ReduceOnPlateau = z.infer<typeof reduceOnPlateauSchema>;

/** When a checkpoint is written, and which ones are kept; null: not by this. The end of a run writes one in any case. */
export const checkpointPolicySchema = z
  .strictObject({
    everySteps: z.int().min(1).nullable().default(null),
    everySeconds: z.number().gt(0).nullable().default(null),
    everyEpochs: z.int().min(1).nullable().default(1),
    keepLast: z.int().min(1).nullable().default(null).describe('null: all are kept'),
    keepBest: count.default(0).describe('The best by `monitor` that are kept as well'),
    ...monitoring,
  })
  .check(knowsDirection);
export type CheckpointPolicy = z.infer<typeof checkpointPolicySchema>;

/** Everything that watches a run. */
export const callbacksSchema = z.strictObject({
  earlyStopping: earlyStoppingSchema.nullable().default(null),
  reduceOnPlateau: reduceOnPlateauSchema.nullable().default(null),
  terminateOnNaN: z.boolean().default(true).describe('Stop at a loss that is not finite'),
  limits: z
    .strictObject({
      steps: z.int().min(1).nullable().default(null),
      seconds: z.number().gt(0).nullable().default(null).describe('Time of training, over all attempts'),
    })
    .prefault({}),
  checkpoints: checkpointPolicySchema.prefault({}),
});
export type Callbacks = z.infer<typeof callbacksSchema>;

/** The settings that watch a series, and remember values of it. */
export type WatchingRule = 'earlyStopping' | 'reduceOnPlateau' | 'checkpoints';

/** The series that rules watch: of a training's settings, or of a run's spec. */
interface Watching extends Readonly<
  Record<'earlyStopping' | 'reduceOnPlateau', { readonly monitor: string } | null>
> {
  /** Compared only where some are kept for being the best. */
  readonly checkpoints: Pick<CheckpointPolicy, 'keepBest' | 'monitor'>;
}

/** The series that rules watch and nobody measures, each with its rule. */
export function unknownMonitors(
  { earlyStopping, reduceOnPlateau, checkpoints }: Watching,
  isMeasured: (series: string) => boolean,
): { rule: WatchingRule; monitor: string }[] {
  const watching = {
    earlyStopping,
    reduceOnPlateau,
    checkpoints: checkpoints.keepBest > 0 ? checkpoints : null,
  };
  return (['earlyStopping', 'reduceOnPlateau', 'checkpoints'] as const).flatMap((rule) => {
    const monitor = watching[rule]?.monitor;
    return monitor === undefined || isMeasured(monitor) ? [] : [{ rule, monitor }];
  });
}
