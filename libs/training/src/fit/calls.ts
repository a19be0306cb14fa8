// Runs the batches of a training, as many a call as the settings say, and gathers those of the next call meanwhile.

import type { Tensor } from '@gradstream/engine';
import { stepSeed } from '../network/seeds.js';
import type { Feed } from './feed.js';
import type { BatchPlan, Plan, Position } from './plan.js';
import type { Form, StepReport } from './stepForms.js';
import type { Training } from './training.js';

/** The batches of one call, on their way to the engine. */
interface Prepared {
  readonly batches: readonly BatchPlan[];
  readonly after: Position;
  readonly form: Form;
  readonly tensors: readonly Tensor[];
}

/** What a batch told. */
export interface BatchOutcome {
  readonly size: number;
  readonly updates: boolean;
  readonly learningRate: number;
  readonly report: StepReport;
  /** What it told of gradients. */
  readonly statistics: Form['statistics'];
  readonly milliseconds: number;
  /** Parts of them: gathering samples, and waiting for the engine when that was done. */
  readonly gatherMs: number;
  readonly waitMs: number;
}

export class Calls {
  #ahead: Prepared | null = null;
  /** Time of gathering since the last call ended. */
  #gatherMs = 0;

  constructor(
    private readonly training: Training,
    private readonly plan: Plan,
    private readonly feed: Feed,
    /** The learning rate of an update, from 0. */
    private readonly rateOf: (step: number) => number,
  ) {}

  /** Runs the call at a position of an epoch, whose samples come in this order. */
  async run(at: Position, order: Uint32Array): Promise<BatchOutcome[]> {
    const { gs, settings, steps } = this.training;
    const { tf } = gs;
    const began = performance.now();
    const { batches, after, form, tensors } = this.#ahead ?? this.#prepare(at, order);
    this.#ahead = null;
    const rates = batches.map((_, call) => this.rateOf(at.step + call));
    const seeds = batches.map(({ index }) => [...stepSeed(settings.seed, index)]);
    const [rate = 0, seed = []] = [rates[0], seeds[0]];
    const control =
      batches.length === 1
        ? [tf.scalar(rate), tf.tensor1d(seed, 'int32')]
        : [tf.tensor1d(rates), tf.tensor2d(seeds, [seeds.length, 2], 'int32')];
    let told: Tensor[] = [];
    let waitedFrom: number;
    try {
      const running = steps
        .step(form, this.feed.layout, batches[0]?.size ?? 0, batches.length)
        .runAsync([...tensors, ...control]);
      try {
        // Not awaited yet: gathering takes time on this thread while TensorFlow computes on its own.
        this.#ahead = after.samples < this.plan.samples ? this.#prepare(after, order) : null;
      } finally {
        waitedFrom = performance.now();
        told = await running;
      }
      const waitMs = (performance.now() - waitedFrom) / batches.length;
      const gatherMs = this.#gatherMs / batches.length;
      this.#gatherMs = 0;
      const values = (told[0]?.dataSync() ?? new Float32Array()) as Float32Array;
      const length = values.length / batches.length;
      const milliseconds = (performance.now() - began) / batches.length;
      return batches.map(({ size, updates }, call) => ({
        size,
        updates,
        learningRate: rates[call] ?? 0,
        statistics: form.statistics,
        report: steps.read(values.subarray(call * length, (call + 1) * length), form, size),
        ...{ milliseconds, gatherMs, waitMs },
      }));
    } finally {
      tf.dispose([...tensors, ...control, ...told]);
    }
  }

  dispose(): void {
    this.training.gs.tf.dispose([...(this.#ahead?.tensors ?? [])]);
    this.#ahead = null;
  }

  /** Gathers the batches of the call from a position. */
  #prepare(from: Position, order: Uint32Array): Prepared {
    const calls = this.plan.callsAt(from);
    const batches: BatchPlan[] = [];
    let after = from;
    for (let call = 0; call < calls; call++) {
      batches.push(this.plan.batchAt(after));
      after = this.plan.after(after);
    }
    const updates = batches.every((batch) => batch.updates);
    const form: Form = { updates, statistics: updates ? this.plan.statisticsAt(from.step) : 'none' };
    const began = performance.now();
    const tensors = this.feed.prepare(order.subarray(from.samples, after.samples), calls);
    this.#gatherMs += performance.now() - began;
    return { batches, after, form, tensors };
  }
}
