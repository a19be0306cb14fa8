// The few fields of TensorFlow's ConfigProto that are used. Field numbers are those of config.proto and
// rewriter_config.proto of TensorFlow 2.21.

import { bytesField, doubleField, numberField } from '../native/protobuf.js';

const TOGGLE_ON = 1;

/** What a step computes in; variables and updates are float32 in any case. */
export type Precision = 'float32' | 'bfloat16' | 'float16';

export interface ConfigOptions {
  readonly intraOpThreads?: number;
  readonly interOpThreads?: number;
  readonly precision?: Precision;
  /** Whether float16 is for a GPU; on a CPU, Grappler has a rewrite of its own for it. */
  readonly gpu?: boolean;
  /** GPU memory is taken as it is needed, not all at once. */
  readonly gpuMemoryGrowth?: boolean;
  /** The largest share of each GPU's memory, in (0, 1]. */
  readonly gpuMemoryFraction?: number;
  /** Number of GPUs that are used; unset means all. */
  readonly gpuCount?: number | null;
  /** Name of the task that leads collective groups. */
  readonly collectiveGroupLeader?: string;
}

/** Grappler's rewrite for a precision. */
function rewriterConfig(precision: Precision, gpu: boolean): Buffer {
  if (precision === 'bfloat16') return numberField(31, TOGGLE_ON); // auto_mixed_precision_onednn_bfloat16
  if (precision === 'float32') return Buffer.alloc(0);
  return numberField(gpu ? 23 : 29, TOGGLE_ON); // auto_mixed_precision, auto_mixed_precision_cpu
}

/** An encoded ConfigProto. */
export function encodeConfig({
  intraOpThreads = 0,
  interOpThreads = 0,
  precision = 'float32',
  gpu = false,
  gpuMemoryGrowth = false,
  gpuMemoryFraction = 0,
  collectiveGroupLeader = '',
}: ConfigOptions): Buffer {
  return Buffer.concat([
    numberField(2, intraOpThreads), // intra_op_parallelism_threads
    numberField(5, interOpThreads), // inter_op_parallelism_threads
    // gpu_options: per_process_gpu_memory_fraction, allow_growth
    bytesField(
      6,
      Buffer.concat([doubleField(1, gpuMemoryFraction), numberField(4, gpuMemoryGrowth ? TOGGLE_ON : 0)]),
    ),
    bytesField(10, bytesField(10, rewriterConfig(precision, gpu))), // graph_options.rewrite_options
    bytesField(16, bytesField(1, collectiveGroupLeader)), // experimental.collective_group_leader
  ]);
}
