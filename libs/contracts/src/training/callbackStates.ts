// What callbacks remember between two moments: part of a checkpoint's manifest.

import { z } from 'zod';

const count = z.int().min(0);

/** Why training ended before its last epoch. */
export const stopReasonSchema = z.enum(['diverged', 'earlyStopping', 'stepLimit', 'timeLimit']);
export type StopReason = z.infer<typeof stopReasonSchema>;

export const earlyStoppingStateSchema = z.strictObject({
  best: z.number().nullable(),
  wait: count.describe('Epochs since the series improved'),
  snapshot: z
    .strictObject({ step: count, epoch: count })
    .nullable()
    .describe('When the weights were taken that a restore brings back'),
});
export type EarlyStoppingState = z.infer<typeof earlyStoppingStateSchema>;

export const reduceOnPlateauStateSchema = z.strictObject({
  best: z.number().nullable(),
  wait: count,
  cooldown: count.describe('Epochs that still do not count'),
});
export type ReduceOnPlateauState = z.infer<typeof reduceOnPlateauStateSchema>;

export const limitsStateSchema = z.strictObject({ seconds: z.number().min(0) });
export type LimitsState = z.infer<typeof limitsStateSchema>;

const bestSchema = z.strictObject({ value: z.number(), step: count, epoch: count });
/** The best value of the series that checkpoints are judged by. */
export type BestSoFar = z.infer<typeof bestSchema>;

export const checkpointPolicyStateSchema = z.strictObject({
  seconds: z.number().min(0).describe('Time since a checkpoint was last asked for'),
  lastStep: count.nullable().describe('Step of the checkpoint that was last asked for'),
  best: z.array(bestSchema).describe('The best values so far, the best first'),
});
export type CheckpointPolicyState = z.infer<typeof checkpointPolicyStateSchema>;

/** State of all callbacks of a run; a callback that the run does not have is absent. */
export const callbackStatesSchema = z.strictObject({
  stopped: stopReasonSchema.nullable(),
  learningRateScale: z.number().min(0).describe('Product of all reductions so far'),
  earlyStopping: earlyStoppingStateSchema.optional(),
  reduceOnPlateau: reduceOnPlateauStateSchema.optional(),
  limits: limitsStateSchema,
  checkpoints: checkpointPolicyStateSchema,
});
export type CallbackStates = z.infer<typeof callbackStatesSchema>;
