// What a trainer tells of itself: how fast it goes, and what it takes of the machine.

import type { NewFrame } from '@gradstream/contracts';
import type { StepEvent } from '../fit/events.js';

/** Time between two frames, in ms; the first comes sooner, so that a short run has one. */
const EVERY_MS = 1000;
const FIRST_MS = 200;

/** The process and the machine, as far as they are looked at. */
export interface Meters {
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  /** Milliseconds of processors that this process has used. */
  readonly cpuMs: () => number;
  /** Bytes of memory that it holds. */
  readonly memory: () => number;
}

const processMeters: Meters = {
  now: () => performance.now(),
  cpuMs: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
  memory: () => process.memoryUsage.rss(),
};

const NOTHING = { steps: 0, samples: 0, milliseconds: 0, gatherMs: 0, waitMs: 0 };

export class SystemFigures {
  #since = { ...NOTHING };
  #from: number;
  #cpuFrom: number;
  #waitFor = FIRST_MS;

  constructor(private readonly meters: Meters = processMeters) {
    this.#from = meters.now();
    this.#cpuFrom = meters.cpuMs();
  }

  /** Takes in a step; the frame of the steps since the last one, when it is time for it. */
  add({ step, epoch, samples, milliseconds, gatherMs, waitMs }: StepEvent): NewFrame | null {
    const sum = this.#since;
    this.#since = {
      steps: sum.steps + 1,
      samples: sum.samples + samples,
      milliseconds: sum.milliseconds + milliseconds,
      gatherMs: sum.gatherMs + gatherMs,
      waitMs: sum.waitMs + waitMs,
    };
    const now = this.meters.now();
    const passed = now - this.#from;
    if (passed < this.#waitFor) return null;
    const values = this.#values(passed);
    [this.#from, this.#cpuFrom, this.#waitFor] = [now, this.meters.cpuMs(), EVERY_MS];
    this.#since = { ...NOTHING };
    const time = new Date().toISOString();
    return {
      ...{ kind: 'metrics', step, epoch, time, event: null },
      series: Object.keys(values),
      values: Object.values(values),
    };
  }

  #values(passed: number): Record<string, number> {
    const { steps, samples, milliseconds, gatherMs, waitMs } = this.#since;
    return {
      samplesPerSecond: (1000 * samples) / passed,
      cpuCores: (this.meters.cpuMs() - this.#cpuFrom) / passed,
      memoryBytes: this.meters.memory(),
      gatherMs: gatherMs / steps,
      waitMs: waitMs / steps,
      outsideMs: Math.max(0, passed - milliseconds) / steps,
    };
  }
}
