#!/usr/bin/env node
// `npm run bench`: our figures alone, in under two minutes: every workload once, then the engine's own costs.

import { spawnSync } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { workloads } from './lib/workloads.mjs';

const here = import.meta.dirname;

/** Runs a program of this folder; returns what it printed on standard output. */
function run(/** @type {string} */ file, /** @type {string[]} */ args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(here, file), ...args], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  if (status !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${status}: ${stderr.slice(-1000)}`);
  return stdout.trim();
}

console.log(
  `${os.cpus()[0]?.model.trim()}, ${os.cpus().length} cores, load ${os.loadavg()[0]?.toFixed(2)}\n`,
);
const widths = [12, 12, 12, 10, 8, 12, 12];
const row = (/** @type {string[]} */ cells) =>
  console.log(cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' '));
row(['workload', 'samples/s', 'step', 'executor', 'k', 'first step', 'peak memory']);
for (const { name } of workloads) {
  const result = JSON.parse(
    run('one.mjs', ['--workload', name, '--repeats', '3']).split('\n').at(-1) ?? '{}',
  );
  row([
    name,
    Math.round(result.samples_per_s).toLocaleString('en'),
    `${result.step_ms_median.toFixed(3)} ms`,
    result.executor,
    String(result.steps_per_call),
    `${result.first_step_s} s`,
    `${result.peak_rss_mb} MB`,
  ]);
}
console.log('\nk: steps of one call\n');
console.log(run('micro.mjs', []));
