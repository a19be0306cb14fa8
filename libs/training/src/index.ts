export type { CheckpointReason, Decisions, Moment } from './callbacks/callback.js';
export { CallbackSet } from './callbacks/callbackSet.js';
export {
  listCheckpoints,
  openCheckpoint,
  removeCheckpoint,
  removeLeftovers,
  writeCheckpoint,
  type CheckpointContent,
  type OpenCheckpoint,
  type WrittenCheckpoint,
} from './checkpoint/checkpoint.js';
export {
  hostValues,
  tensorSource,
  type Dtype,
  type StoredTensor,
  type TensorInfo,
  type TensorSource,
} from '@gradstream/models';
export { inexactBecause, type ResumeBasis } from './checkpoint/manifest.js';
export { decodeSafetensors, type TensorFile } from './checkpoint/tensorReader.js';
export type { RunCheckpoint } from './run/checkpoints.js';
export { filesOfPage, predictPage } from './run/pages.js';
export { Predictor, type PredictorOptions } from './run/predictor.js';
export { train, type RunStart, type RunOptions } from './run/train.js';
export { arrayData, type ArrayData, type HostArray, type Samples, type TrainingData } from './fit/data.js';
export { Evaluator, predict, type Prediction } from './fit/evaluate.js';
export type { CheckpointEvent, EpochEvent, FitEvents, FitResult, StepEvent } from './fit/events.js';
export { fit } from './fit/fit.js';
export type { FitOptions } from './fit/options.js';
export { loadWeights, readWeights } from './fit/save.js';
export type { CheckpointTarget } from './fit/continuity.js';
export { Training } from './fit/training.js';
export { Network, type Weight } from './network/network.js';
export {
  checkGradients,
  type GradientCheck,
  type GradientCheckOptions,
} from './diagnostics/gradientCheck.js';
export type { CheckedElement, CheckedTensor } from './diagnostics/comparison.js';
export { checkInitialLoss, type InitialLoss } from './diagnostics/initialLoss.js';
export { learningRateRange, type RangeResult } from './diagnostics/learningRateRange.js';
export { overfitOneBatch, type OverfitResult } from './diagnostics/overfit.js';
export { traceBackpropagation, type BackpropagationTrace } from './diagnostics/trace.js';
export { createTraining } from './fit/create.js';
