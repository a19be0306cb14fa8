// What a run's spec says about training, as the library's settings.

import {
  outputsOf,
  trainingSettingsSchema,
  type RunOutput,
  type RunSpec,
  type TrainingSettings,
} from '@gradstream/contracts';
import type { PreparedData } from './prepare.js';

/** Factors that make all classes count alike: rows / (classes · rows of the class); 0 for a class without a row. */
function balanced(classRows: readonly number[], rows: number): number[] {
  return classRows.map((count) => (count === 0 ? 0 : rows / (classRows.length * count)));
}

function statisticsOf({ gradients }: RunSpec['telemetry']): TrainingSettings['statistics'] {
  if (gradients === 'auto') return { normsEverySteps: 'auto', fullEverySteps: null };
  if (gradients === 'everyStep') return { normsEverySteps: 1, fullEverySteps: null };
  return gradients === 'off' ? { normsEverySteps: null, fullEverySteps: null } : gradients;
}

/** Epochs in all: those that the number of steps takes, where the spec gives one. */
function epochsOf({ steps, epochs, batchSize, accumulate }: RunSpec, rows: number): number {
  if (steps === null) return epochs;
  return Math.ceil(steps / Math.ceil(Math.ceil(rows / batchSize) / accumulate));
}

/** What the settings take of the rows. */
export interface TrainedRows {
  readonly train: Pick<PreparedData['train'], 'count'>;
  readonly outputs: readonly Pick<PreparedData['outputs'][number], 'name' | 'classRows'>[];
}

/** The factors of an output's classes. */
function classWeightsOf({ name, classWeights }: RunOutput, { train, outputs }: TrainedRows): number[] | null {
  if (classWeights !== 'balanced') return classWeights;
  return balanced(outputs.find((one) => one.name === name)?.classRows ?? [], train.count);
}

/** Losses, and class weights where the library has them: beside the only loss, or in the loss of each output. */
function lossesOf(spec: RunSpec, rows: TrainedRows): object {
  const outputs = outputsOf(spec);
  const [first] = outputs;
  if (first?.name === null) return { loss: first.loss, classWeights: classWeightsOf(first, rows) };
  const losses = outputs.map((output) => {
    const { name, loss, weight } = output;
    return [name ?? '', { loss, weight, classWeights: classWeightsOf(output, rows) }] as const;
  });
  return { loss: { outputs: Object.fromEntries(losses) } };
}

/** The settings of a run on its training rows. */
export function settingsOf(spec: RunSpec, rows: TrainedRows): TrainingSettings {
  const { train } = rows;
  const { checkpointing, checkpoints, telemetry, steps } = spec;
  return trainingSettingsSchema.parse({
    ...lossesOf(spec, rows),
    metrics: spec.metrics,
    optimizer: spec.optimizer,
    schedule: spec.schedule,
    clip: spec.clip,
    batchSize: spec.batchSize,
    accumulate: spec.accumulate,
    epochs: epochsOf(spec, train.count),
    shuffle: spec.shuffle,
    seed: spec.seed,
    precision: spec.precision,
    executor: spec.executor,
    stepsPerCall: spec.stepsPerCall,
    recompute: checkpointing.activations,
    statistics: statisticsOf(telemetry),
    earlyStopping: spec.earlyStopping,
    reduceOnPlateau: spec.reduceOnPlateau,
    terminateOnNaN: spec.terminateOnNaN,
    limits: { steps, seconds: null },
    // Which ones are kept is the service's to decide: it has them all.
    checkpoints: {
      everySteps: checkpoints.everySteps,
      everySeconds: checkpoints.everyMinutes === null ? null : 60 * checkpoints.everyMinutes,
      everyEpochs: checkpoints.everyEpochs,
    },
  });
}
