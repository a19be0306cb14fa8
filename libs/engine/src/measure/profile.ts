// Where the time of a step goes.

import type { Tensor } from '@tensorflow/tfjs';
import type { Runtime } from '../backend/runtime.js';
import type { CapturedStep } from '../capture/step.js';
import { withCopy } from './copy.js';
import { nodeRuns, peakBytes, type NodeRun } from './metadata.js';

/** All runs of one kind of op, or of one node. */
export interface OpTime {
  /** TensorFlow's op, such as `MatMul`. */
  readonly op: string;
  /** How many ran in a step. */
  readonly count: number;
  /** Time in kernels in a step; ops that run beside each other both count. */
  readonly timeMs: number;
  /** Share of the time of all kernels, in [0, 1]. */
  readonly share: number;
}

/** Times of a step, averaged over the traced runs. */
export interface StepProfile {
  /** Longest first. */
  readonly ops: readonly OpTime[];
  /** The same by node; the name holds the scope, such as a layer's. */
  readonly nodes: readonly (OpTime & { readonly name: string })[];
  /** Time in all kernels of a step. */
  readonly kernelMs: number;
  /** Most memory of tensors that a step made, at a time, as `measure` means it. The largest of the traced runs. */
  readonly peakBytes: number;
}

export interface ProfileOptions {
  /** Traced runs, 5 by default; two runs ahead of them are not counted. */
  readonly runs?: number;
}

const WARM_UP = 2;

/** Ops whose time is that of ops within them, which are traced as well. */
const CONTAINERS: ReadonlySet<string> = new Set([
  'If',
  'StatelessIf',
  'While',
  'StatelessWhile',
  'PartitionedCall',
  'StatefulPartitionedCall',
]);

/**
 * Profiles a step on copies of its variables, which stay as they are. Tracing takes about a microsecond an op, which is
 * not part of the ops' times. Under XLA the compiled part is one op.
 */
export function profile(
  runtime: Runtime,
  step: CapturedStep,
  inputs: readonly Tensor[],
  { runs = 5 }: ProfileOptions = {},
): StepProfile {
  const { xla } = step.plan(inputs).call.options;
  const traced = withCopy(runtime, step, inputs, (session) => {
    for (let i = 0; i < WARM_UP; i++) session.run(false);
    return Array.from({ length: runs }, () => nodeRuns(session.run(true)));
  });
  const all = traced.flat().filter(({ op }) => xla || !CONTAINERS.has(op));
  return {
    ops: [...summed(all, ({ op }) => op, runs).values()],
    nodes: [...summed(all, ({ name, op }) => `${name} ${op}`, runs)].map(([key, time]) => ({
      name: key.slice(0, key.lastIndexOf(' ')),
      ...time,
    })),
    kernelMs: total(all) / runs,
    peakBytes: Math.max(...traced.map(peakBytes)),
  };
}

const total = (all: readonly NodeRun[]): number => all.reduce((sum, { nanos }) => sum + nanos, 0) / 1e6;

/** Sums by key, longest first, divided by the number of runs. */
function summed(all: readonly NodeRun[], keyOf: (run: NodeRun) => string, runs: number): Map<string, OpTime> {
  const groups = new Map<string, NodeRun[]>();
  for (const run of all) {
    const group = groups.get(keyOf(run)) ?? [];
    group.push(run);
    groups.set(keyOf(run), group);
  }
  const whole = total(all) || 1;
  const times = [...groups].map(([key, group]): [string, OpTime] => {
    const timeMs = total(group);
    const op = group[0]?.op ?? key;
    return [key, { op, count: group.length / runs, timeMs: timeMs / runs, share: timeMs / whole }];
  });
  return new Map(times.sort(([, a], [, b]) => b.timeMs - a.timeMs));
}
