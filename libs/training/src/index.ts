export type { CheckpointReason, Decisions, Moment } from './callbacks/callback.js';
export { CallbackSet, unknownMonitors } from './callbacks/callbackSet.js';
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
} from './checkpoint/dtypes.js';
export { inexactBecause, type ResumeBasis } from './checkpoint/manifest.js';
export { toDelete, type Retained, type RetentionPolicy } from './checkpoint/retention.js';
export { encodeSafetensors, type HostTensor } from './checkpoint/safetensors.js';
export { decodeSafetensors, type TensorFile } from './checkpoint/tensorReader.js';
export { train, type CheckpointFile, type TrainingOptions } from './loop/train.js';
