export type { CapturedStep } from './capture/step.js';
export { startEngine, type Engine, type EngineOptions, type Precision, type StepOptions } from './engine.js';
export { EngineError, type EngineErrorCode } from './errors.js';
export type { Tf } from './backend/tfjs.js';
export type { Window } from './ops/fused.js';
export type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs';
