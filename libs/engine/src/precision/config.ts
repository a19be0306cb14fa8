// The few fields of TensorFlow's ConfigProto that are used. Field numbers are those of config.proto and
// rewriter_config.proto of TensorFlow 2.21.

import { bytesField, countEntry, floatsField, numberField } from '../native/protobuf.js';

const TOGGLE_ON = 1;

/** What a step computes in; variables and updates are float32 in any case. */
export type Precision = 'float32' | 'bfloat16' | 'float16';

export interface ConfigOptions {
  readonly intraOpThreads?: number;
  readonly interOpThreads?: number;
  readonly precision?: Precision;
  /** Whether float16 is for a GPU; on a CPU, Grappler has a rewrite of its own for it. */
  readonly gpu?: boolean;
  /** Which GPUs the context may use: none, or the first that CUDA_VISIBLE_DEVICES leaves visible. */
  readonly gpus?: 'none' | 'first';
  /** GPU memory is taken as it is needed, not all at once. */
  readonly gpuMemoryGrowth?: boolean;
  /** The most memory of the GPU that is taken, in MiB; 0 for no limit. */
  readonly gpuMemoryLimitMb?: number;
  /** Name of the task that leads collective groups. */
  readonly collectiveGroupLeader?: string;
}

/** Grappler's rewrite for a precision. */
function rewriterConfig(precision: Precision, gpu: boolean): Buffer {
  if (precision === 'bfloat16') return numberField(31, TOGGLE_ON); // auto_mixed_precision_onednn_bfloat16
  if (precision === 'float32') return Buffer.alloc(0);
  return numberField(gpu ? 23 : 29, TOGGLE_ON); // auto_mixed_precision, auto_mixed_precision_cpu
}

/**
 * GPUOptions. The limit is a virtual device of that size, which is exact; per_process_gpu_memory_fraction (1) is a share
 * of a total that is not known before the context exists. TensorFlow refuses to have both.
 */
function gpuOptions({ gpus, gpuMemoryGrowth = false, gpuMemoryLimitMb = 0 }: ConfigOptions): Buffer {
  if (gpus !== 'first') return Buffer.alloc(0);
  const limit = gpuMemoryLimitMb === 0 ? [] : [gpuMemoryLimitMb];
  return Buffer.concat([
    numberField(4, gpuMemoryGrowth ? TOGGLE_ON : 0), // allow_growth
    bytesField(5, '0'), // visible_device_list
    bytesField(9, bytesField(1, floatsField(1, limit))), // experimental.virtual_devices.memory_limit_mb
  ]);
}

/** An encoded ConfigProto. */
export function encodeConfig(options: ConfigOptions): Buffer {
  const { intraOpThreads = 0, interOpThreads = 0, precision = 'float32', gpu = false } = options;
  const { gpus, collectiveGroupLeader = '' } = options;
  return Buffer.concat([
    gpus === 'none' ? countEntry(1, 'GPU', 0) : Buffer.alloc(0), // device_count
    numberField(2, intraOpThreads), // intra_op_parallelism_threads
    numberField(5, interOpThreads), // inter_op_parallelism_threads
    bytesField(6, gpuOptions(options)), // gpu_options
    numberField(7, gpus === 'first' ? TOGGLE_ON : 0), // allow_soft_placement
    bytesField(10, bytesField(10, rewriterConfig(precision, gpu))), // graph_options.rewrite_options
    bytesField(16, bytesField(1, collectiveGroupLeader)), // experimental.collective_group_leader
  ]);
}
