// The few fields of TensorFlow's ConfigProto that are used. Field numbers are those of config.proto and
// rewriter_config.proto of TensorFlow 2.21.

import { bytesField, countEntry, floatsField, numberField } from '../native/protobuf.js';

// RewriterConfig.Toggle
const TOGGLE_ON = 1;
const TOGGLE_OFF = 2;

export const PRECISIONS = ['float32', 'bfloat16', 'float16', 'float64'] as const;

/**
 * What a step computes in; variables, and updates by ops on variables, are float32 in any case. bfloat16 needs a CPU
 * with AVX-512 BF16 or AMX; float16 a GPU, or a CPU with AMX-FP16. Where the device cannot, the step computes
 * in float32; its receipt says so.
 *
 * float64 is for checks, such as of gradients by differences: it is slow, and a step in it may not change variables.
 */
export type Precision = (typeof PRECISIONS)[number];

export interface ConfigOptions {
  readonly intraOpThreads?: number;
  readonly interOpThreads?: number;
  /** Of a captured step; a configuration for all else has none. */
  readonly precision?: Precision | null;
  /** Which GPUs the context may use: none, or the first that CUDA_VISIBLE_DEVICES leaves visible. */
  readonly gpus?: 'none' | 'first';
  /** GPU memory is taken as it is needed, not all at once. */
  readonly gpuMemoryGrowth?: boolean;
  /** The most memory of the GPU that is taken, in MiB; 0 for no limit. */
  readonly gpuMemoryLimitMb?: number;
  /** Name of the task that leads collective groups. */
  readonly collectiveGroupLeader?: string;
}

/**
 * Grappler's rewrites for a precision.
 *
 * In all but float16 not those by algebra, such as x / √y to x · rsqrt(y): they change the last digits, and which of them
 * apply depends on who else uses a value, so a step would differ from its ops one by one, and from itself with one more
 * output or with recomputation.
 *
 * float16 is the same field on CPUs as on GPUs. CPUs have another, auto_mixed_precision_cpu (29), which only rounds
 * values to float16 and computes in float32: it is slower than float32, and ends the process (std::out_of_range) where
 * an update takes a gradient.
 */
function rewriterConfig(precision: Precision | null): Buffer {
  if (precision === null) return Buffer.alloc(0);
  if (precision === 'float16') return numberField(23, TOGGLE_ON); // auto_mixed_precision
  const steady = numberField(7, TOGGLE_OFF); // arithmetic_optimization
  // auto_mixed_precision_onednn_bfloat16
  return precision === 'bfloat16' ? Buffer.concat([steady, numberField(31, TOGGLE_ON)]) : steady;
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
  const { intraOpThreads = 0, interOpThreads = 0, precision = null } = options;
  const { gpus, collectiveGroupLeader = '' } = options;
  return Buffer.concat([
    gpus === 'none' ? countEntry(1, 'GPU', 0) : Buffer.alloc(0), // device_count
    numberField(2, intraOpThreads), // intra_op_parallelism_threads
    numberField(5, interOpThreads), // inter_op_parallelism_threads
    bytesField(6, gpuOptions(options)), // gpu_options
    numberField(7, gpus === 'first' ? TOGGLE_ON : 0), // allow_soft_placement
    bytesField(10, bytesField(10, rewriterConfig(precision))), // graph_options.rewrite_options
    bytesField(16, bytesField(1, collectiveGroupLeader)), // experimental.collective_group_leader
  ]);
}
