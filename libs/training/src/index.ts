export { encodeSafetensors, type HostTensor } from './checkpoint/safetensors.js';
export { train, type CheckpointFile, type TrainingOptions } from './loop/train.js';
