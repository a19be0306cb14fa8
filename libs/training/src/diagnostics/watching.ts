import { trainingSettingsSchema, type TrainingSettings } from '@gradstream/contracts';

type Watching =
  'terminateOnNaN' | 'earlyStopping' | 'reduceOnPlateau' | 'limits' | 'checkpoints' | 'statistics';

/** The settings of a training of a diagnostic: nobody stops it, and nothing is told but the loss. */
export const WATCHING_NOTHING: Pick<TrainingSettings, Watching> = {
  terminateOnNaN: false,
  earlyStopping: null,
  reduceOnPlateau: null,
  limits: { steps: null, seconds: null },
  checkpoints: trainingSettingsSchema.shape.checkpoints.parse({}),
  statistics: { normsEverySteps: null, fullEverySteps: null },
};
