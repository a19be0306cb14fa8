// What this machine's processor can do, as far as it matters to TensorFlow.

import { readFileSync } from 'node:fs';

/** Flags of /proc/cpuinfo (Linux, arch/x86/include/asm/cpufeatures.h) that TensorFlow's kernels use. */
const FEATURES = ['avx2', 'fma', 'avx512f', 'avx512_vnni', 'avx512_bf16', 'amx_tile', 'amx_bf16', 'amx_int8'];

/** Those with which oneDNN multiplies bfloat16. */
const BFLOAT16 = ['avx512_bf16', 'amx_bf16'];

export interface CpuDescription {
  readonly model: string;
  /** Of the features that matter, those that it has. */
  readonly features: readonly string[];
  /** Whether steps can compute in bfloat16. */
  readonly hasBfloat16: boolean;
  /**
   * Whether that is faster than float32: with AMX it is, about twice on wide networks; with AVX-512 BF16 alone it takes 1.6
   * times as long (both measured, bench/README.md).
   */
  readonly bfloat16Pays: boolean;
}

/** Reads the text of /proc/cpuinfo. Processors of other families list no such flags, and have no features here. */
export function describeCpu(cpuinfo: string): CpuDescription {
  const valueOf = (key: string): string => new RegExp(`^${key}\\s*:\\s*(.*)$`, 'm').exec(cpuinfo)?.[1] ?? '';
  const flags = new Set(valueOf('flags').split(' '));
  return {
    model: valueOf('model name') || 'unknown',
    features: FEATURES.filter((name) => flags.has(name)),
    hasBfloat16: BFLOAT16.some((name) => flags.has(name)),
    bfloat16Pays: flags.has('amx_bf16'),
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
