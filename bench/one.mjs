#!/usr/bin/env node
// One workload in a process of its own, one JSON line at the end:
//   node bench/one.mjs --workload NAME [--stats none|norms] [--precision f32|bf16] [--repeats N] [--check]
//                      [--executor auto|captured|xla|eager] [--steps-per-call K] [--threads INTRAxINTER]
// Threads are settings of a start, so a short trial in a process of its own chooses them: many within an op pay for large
// products, many ops at a time for chains of small ones.

import { spawnSync } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';

const args = process.argv.slice(2);

/** Runs measure.mjs; returns the object that it prints last. */
function measure(/** @type {string[]} */ options) {
  const child = spawnSync(
    process.execPath,
    [path.join(import.meta.dirname, 'measure.mjs'), ...args, ...options],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, GLIBC_TUNABLES: process.env['GLIBC_TUNABLES'] ?? MALLOC },
    },
  );
  const last = child.stdout.trim().split('\n').at(-1);
  if (child.status === 0 && last) return JSON.parse(last);
  process.stderr.write(child.stderr);
  process.exit(child.status || 1);
}

/** As trainers have it: memory that a step frees is kept for the next one, in large pages. */
const MALLOC = 'glibc.malloc.mmap_max=0:glibc.malloc.trim_threshold=8589934592:glibc.malloc.hugetlb=1';

const cores = os.availableParallelism();
const candidates = cores > 1 ? [`${cores}x1`, `1x${cores}`] : ['1x1'];
const given = args.includes('--threads') || args.includes('--check');
const trials = given
  ? []
  : candidates.map((threads) => ({ threads, ms: measure(['--trial', '--threads', threads]).step_ms }));
const [best] = trials.sort((a, b) => a.ms - b.ms);
console.log(JSON.stringify(measure(best ? ['--threads', best.threads] : [])));
