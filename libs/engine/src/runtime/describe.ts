// What was found to compute with; for `npm run doctor`, and for the record of a run.

import os from 'node:os';
import type { DeviceInfo } from '../native/eager.js';
import type { Native } from '../native/native.js';
import { describeCpu, readCpuinfo, type CpuDescription } from './cpu.js';

export interface RuntimeDescription {
  readonly version: string;
  /** Folder of TensorFlow's libraries. */
  readonly folder: string;
  /** Whether this build of TensorFlow can use NVIDIA GPUs; null when it does not tell. */
  readonly cuda: boolean | null;
  readonly devices: readonly DeviceInfo[];
  readonly cpu: CpuDescription;
  /** Threads within an op, and ops at a time. */
  readonly threads: { readonly intraOp: number; readonly interOp: number };
  /** Whether oneDNN's kernels are in use; null when TensorFlow does not tell. TF_ENABLE_ONEDNN_OPTS decides. */
  readonly oneDnn: boolean | null;
  /** Whether steps can be compiled with XLA; null when TensorFlow does not tell. */
  readonly xla: boolean | null;
}

/** Describes a loaded TensorFlow. 0 threads mean TensorFlow's own choice, which is one a processor. */
export function describe(
  native: Native,
  devices: readonly DeviceInfo[],
  { intraOpThreads, interOpThreads }: { intraOpThreads: number; interOpThreads: number },
): RuntimeDescription {
  const processors = os.availableParallelism();
  return {
    version: native.api.TF_Version(),
    folder: native.folder,
    cuda: native.ask('IsGoogleCudaEnabled'),
    devices,
    cpu: describeCpu(readCpuinfo()),
    threads: { intraOp: intraOpThreads || processors, interOp: interOpThreads || processors },
    oneDnn: native.ask('IsMklEnabled'),
    xla: native.ask('IsBuiltWithXLA'),
  };
}
