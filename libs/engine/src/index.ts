export type { CapturedStep, TraceReceipt } from './capture/step.js';
export type { Step } from './capture/trace.js';
export { type Engine, type StepOptions } from './engine.js';
export { startEngine, type EngineOptions } from './runtime/start.js';
export { EngineError, type EngineErrorCode } from './errors.js';
export type { Precision } from './precision/config.js';
export type { Tf } from './backend/tfjs.js';
export type { Window } from './ops/fused.js';
export type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs';
