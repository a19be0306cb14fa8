// Time and memory of a step.

import type { Tensor } from '@tensorflow/tfjs';
import type { Runtime } from '../backend/runtime.js';
import type { CapturedStep } from '../capture/step.js';
import { withCopy } from './copy.js';
import { median } from './median.js';
import { nodeRuns, peakBytes } from './metadata.js';
import { residentPeak, type ResidentMethod } from './resident.js';

/** What calls of a step took. */
export interface Measurement {
  /** Timed calls. */
  readonly calls: number;
  /** Median wall time of a call. The inputs are fed and the outputs fetched anew each time. */
  readonly timeMs: number;
  readonly fastestMs: number;
  readonly slowestMs: number;
  /**
   * Most memory of tensors that one call made, at a time, by TensorFlow's own record of every allocation. Inputs and
   * the variables' present values are not part of it; scratch memory within kernels is only where TensorFlow allocates
   * it. Null under XLA, which keeps no such record.
   */
  readonly peakBytes: number | null;
  /** Resident memory of the whole process at its peak during the calls: what was there before is part of it. */
  readonly residentPeakBytes: number;
  readonly residentBeforeBytes: number;
  readonly residentMethod: ResidentMethod;
}

export interface MeasureOptions {
  /** Timed calls, 10 by default; two ahead of them are not timed. */
  readonly calls?: number;
}

const WARM_UP = 2;

/** Measures a step on copies of its variables, which stay as they are. Blocks the event loop. */
export function measure(
  runtime: Runtime,
  step: CapturedStep,
  inputs: readonly Tensor[],
  { calls = 10 }: MeasureOptions = {},
): Measurement {
  const { xla } = step.plan(inputs).call.options;
  return withCopy(runtime, step, inputs, (session) => {
    for (let i = 0; i < WARM_UP; i++) session.run(false);
    const times: number[] = [];
    const resident = residentPeak(() => {
      for (let i = 0; i < calls; i++) {
        const began = performance.now();
        session.run(false);
        times.push(performance.now() - began);
      }
    });
    times.sort((a, b) => a - b);
    return {
      calls,
      timeMs: median(times),
      fastestMs: times[0] ?? 0,
      slowestMs: times.at(-1) ?? 0,
      peakBytes: xla ? null : peakBytes(nodeRuns(session.run(true))),
      residentPeakBytes: resident.peakBytes,
      residentBeforeBytes: resident.beforeBytes,
      residentMethod: resident.method,
    };
  });
}
