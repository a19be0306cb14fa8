export type { CapturedStep } from './capture/step.js';
export type { TraceReceipt } from './capture/traced.js';
export type { Step } from './capture/trace.js';
export { type Engine, type StepOptions } from './engine.js';
export type { ClusterOptions } from './collective/cluster.js';
export type { Collective, ReduceOptions } from './collective/collective.js';
export { launchWorkers, runWorker, type LaunchOptions, type WorkerOutcome } from './collective/launch.js';
export type { DeviceChoice, DeviceOptions } from './runtime/device.js';
export type { RuntimeDescription } from './runtime/describe.js';
export { describeRuntime, engine, type EngineOptions } from './runtime/start.js';
export type { Candidate, Choice } from './executor/choice.js';
export type { Executor } from './executor/executor.js';
export type { Setting } from './ops/updates.js';
export { EngineError, type EngineErrorCode } from './errors.js';
export type { Measurement, MeasureOptions } from './measure/measure.js';
export type { OpTime, ProfileOptions, StepProfile } from './measure/profile.js';
export type { Precision } from './precision/config.js';
export type {
  LossScale,
  LossScaleOptions,
  LossScaleReport,
  LossScaleVariables,
  UnscaledGradients,
} from './precision/lossScale.js';
export type { RecomputeReceipt } from './recompute/receipt.js';
export type { Block } from './recompute/recompute.js';
export type { PrecisionReceipt } from './precision/receipt.js';
export type { Tf } from './backend/tfjs.js';
export type { Window } from './ops/window.js';
export type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D, Variable } from '@tensorflow/tfjs';
export {
  unpackStatistics,
  type GroupNorms,
  type GroupStatistics,
  type StatisticsLevel,
} from './statistics/layout.js';
export type { StatisticsGroup } from './statistics/statistics.js';
