// What this machine's processor can do, as far as it matters to TensorFlow.

import { readFileSync } from 'node:fs';

/** Flags of /proc/cpuinfo (Linux, arch/x86/include/asm/cpufeatures.h) that TensorFlow's kernels use. */
const FEATURES = ['avx2', 'fma', 'avx512f', 'avx512_vnni', 'avx512_bf16', 'amx_tile', 'amx_bf16', 'amx_int8'];

/** Those with which oneDNN multiplies bfloat16 faster than float32. */
const BFLOAT16 = ['avx512_bf16', 'amx_bf16'];

export interface CpuDescription {
  readonly model: string;
  /** Of the features that matter, those that it has. */
  readonly features: readonly string[];
  /** Whether steps in bfloat16 are faster than in float32; without such instructions they are slower. */
  readonly bfloat16Pays: boolean;
}

/** Reads the text of /proc/cpuinfo. Processors of other families list no such flags, and have no features here. */
export function describeCpu(cpuinfo: string): CpuDescription {
  const valueOf = (key: string): string => new RegExp(`^${key}\\s*:\\s*(.*)$`, 'm').exec(cpuinfo)?.[1] ?? '';
  const flags = new Set(valueOf('flags').split(' '));
  return {
    model: valueOf('model name') || 'unknown',
    features: FEATURES.filter((name) => flags.has(name)),
    bfloat16Pays: BFLOAT16.some((name) => flags.has(name)),
  };
}

/** The text about this machine's processor; empty where the system does not tell. */
export function readCpuinfo(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return ''; // Not Linux, or no /proc.
  }
}
