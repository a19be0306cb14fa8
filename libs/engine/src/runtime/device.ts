// Which device a process computes on: the CPU, or one GPU.

import { EngineError } from '../errors.js';
import type { DeviceInfo } from '../native/eager.js';
import type { ConfigOptions } from '../precision/config.js';

/** What the caller wants; `auto` takes the GPU when there is one. */
export type DeviceChoice = 'cpu' | 'gpu' | 'auto';

export interface DeviceOptions {
  /**
   * `auto` by default. Of several GPUs the first is used; CUDA_VISIBLE_DEVICES says which that is. TensorFlow places
   * each op on the GPU where it has a kernel for it, and on the CPU otherwise.
   */
  readonly device?: DeviceChoice;
  /** The most memory of the GPU that is taken, in MiB; all of it by default. An op that needs more is OUT_OF_MEMORY. */
  readonly gpuMemoryLimitMb?: number;
  /** Takes memory of the GPU as it is needed, so that others can have the rest; true by default. */
  readonly gpuMemoryGrowth?: boolean;
}

/** The part of the context's configuration that is about devices. Throws INVALID_ARGUMENT. */
export function deviceConfig(options: DeviceOptions): ConfigOptions {
  const { device = 'auto', gpuMemoryLimitMb = 0, gpuMemoryGrowth = true } = options;
  if (!(gpuMemoryLimitMb >= 0) || gpuMemoryLimitMb === Infinity) {
    const message = `gpuMemoryLimitMb is ${gpuMemoryLimitMb}: give a number of MiB, or leave it out for no limit`;
    throw new EngineError('INVALID_ARGUMENT', message);
  }
  return device === 'cpu' ? { gpus: 'none' } : { gpus: 'first', gpuMemoryLimitMb, gpuMemoryGrowth };
}

/** Whether the process computes on a GPU. Throws DEVICE_NOT_FOUND when one is asked for and there is none. */
export function usesGpu(
  device: DeviceChoice,
  devices: readonly DeviceInfo[],
  { cuda, folder }: { readonly cuda: boolean | null; readonly folder: string },
): boolean {
  const found = devices.some(({ type }) => type === 'GPU');
  if (device !== 'gpu' || found) return found;
  const names = devices.map(({ name }) => name).join(', ');
  const reason =
    cuda === false
      ? `TensorFlow in ${folder} is built for CPUs only: set TENSORFLOW_DIR to a CUDA build (docs/gpu.md says how to get one)`
      : `TensorFlow in ${folder} is a CUDA build, but it found no device: check that nvidia-smi lists the GPU, that CUDA_VISIBLE_DEVICES does not hide it, and that the CUDA libraries lie where docs/gpu.md says; TF_CPP_MIN_LOG_LEVEL=0 makes TensorFlow tell which one it misses`;
  throw new EngineError('DEVICE_NOT_FOUND', `no GPU was found, only ${names}. ${reason}`);
}
