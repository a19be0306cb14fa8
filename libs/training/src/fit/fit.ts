// The training loop.

import { GradstreamError } from '@gradstream/contracts';
import type { Tensor } from '@gradstream/engine';
import type { CheckpointReason, Decisions, Moment } from '../callbacks/callback.js';
import { CallbackSet } from '../callbacks/callbackSet.js';
import type { OpenCheckpoint } from '../checkpoint/checkpoint.js';
import { seriesOf } from '../metrics/index.js';
import { stepSeed } from '../network/seeds.js';
import { makeSchedule } from '../schedules/schedule.js';
import { checkData } from './checkData.js';
import { epochOrder, type TrainingData } from './data.js';
import { Evaluator } from './evaluate.js';
import type { FitEvents, FitResult } from './events.js';
import { feedOf } from './feed.js';
import { metricsOf } from './outputs.js';
import { Plan, START, type BatchPlan, type Position } from './plan.js';
import { restoreTraining, saveTraining, type CheckpointTarget } from './save.js';
import { Snapshot } from './snapshot.js';
import type { Form } from './stepForms.js';
import type { Training } from './training.js';

export interface FitOptions extends FitEvents {
  readonly train: TrainingData;
  readonly validation?: TrainingData | null;
  /** Where checkpoints are written; without it there are none. */
  readonly checkpoints?: CheckpointTarget | null;
  /** Goes on exactly where this checkpoint was written. */
  readonly resumeFrom?: OpenCheckpoint | null;
  /** Asked before each call; a checkpoint is written when it says so. */
  readonly shouldStop?: () => boolean;
  /** Resolves when whoever listens can take more; awaited before each call. */
  readonly waitUntilReady?: () => Promise<void>;
}

/** The batches of one call, on their way to the engine. */
interface Prepared {
  readonly batches: readonly BatchPlan[];
  readonly after: Position;
  readonly form: Form;
  readonly tensors: Tensor[];
}

/** `loss` as `valLoss`. */
const validationName = (series: string): string => `val${series.charAt(0).toUpperCase()}${series.slice(1)}`;

/**
 * Trains until the last epoch, a rule or `shouldStop` ends it. Throws DIVERGED when the loss is no longer finite, after
 * the event of that step; VALIDATION_FAILED when the data does not fit the model.
 */
export async function fit(training: Training, options: FitOptions): Promise<FitResult> {
  const { gs, graph, settings, steps, metrics } = training;
  const { train, validation, checkpoints, resumeFrom } = options;
  checkData(training, train, validation ?? null);
  const plan = new Plan(settings, train.count);
  const schedule = makeSchedule(settings.schedule, settings.optimizer.learningRate, plan.totalSteps);
  const callbacks = new CallbackSet(settings, resumeFrom?.manifest.state['callbacks']);
  const snapshot = new Snapshot(gs, training.network.weights);
  const stepMetrics = metricsOf(training.network, training.outputs);
  const feed = feedOf(gs, graph, train);
  const evaluator = validation ? new Evaluator(training, validation) : null;
  let at = resumeFrom ? await restoreTraining({ training, snapshot, stepMetrics }, resumeFrom) : START;
  let last: Record<string, number> = {};
  /** Gathered while the call before it ran. */
  const ahead: { call: Prepared | null } = { call: null };
  let clock = performance.now();

  /** What callbacks are told. */
  const moment = (series: Readonly<Record<string, number>>): Moment => {
    const now = performance.now();
    const seconds = (now - clock) / 1000;
    clock = now;
    const learningRate = schedule(Math.max(0, at.step - 1)) * callbacks.learningRateScale;
    return { step: at.step, epoch: at.epoch, seconds, learningRate, metrics: series };
  };

  const save = async (reason: CheckpointReason | 'stopped'): Promise<void> => {
    if (!checkpoints) return;
    const written = await saveTraining({ training, callbacks, snapshot, stepMetrics }, checkpoints, at, last);
    await options.onCheckpoint?.({ ...written, reason });
  };

  /** Carries decisions out, in their order; learning rates follow the callbacks' own scale. */
  const act = async ({ snapshot: take, restoreBest, checkpoint, stop }: Decisions): Promise<typeof stop> => {
    if (take) snapshot.take();
    if (restoreBest) snapshot.restore();
    if (checkpoint) await save(checkpoint);
    return stop;
  };

  /** Gathers the batches of the call from a position. */
  const prepare = (from: Position, order: Uint32Array): Prepared => {
    const calls = plan.callsAt(from, [settings.checkpoints.everySteps, settings.limits.steps]);
    const batches: BatchPlan[] = [];
    let after = from;
    for (let call = 0; call < calls; call++) {
      batches.push(plan.batchAt(after));
      after = plan.after(after);
    }
    const updates = batches.every((batch) => batch.updates);
    const form = { updates, statistics: plan.statisticsAt(from.step) };
    const tensors = feed.prepare(order.subarray(from.samples, after.samples), calls);
    return { batches, after, form, tensors };
  };

  /** Runs a call while the batches of the next one are gathered; returns what each of its steps told. */
  const run = async ({ batches, after, form, tensors }: Prepared, order: Uint32Array) => {
    const { tf } = gs;
    const scale = callbacks.learningRateScale;
    const rates = batches.map((_, call) => schedule(at.step + call) * scale);
    const seeds = batches.map(({ index }) => [...stepSeed(settings.seed, index)]);
    const [rate = 0, seed = []] = [rates[0], seeds[0]];
    const single = batches.length === 1;
    const control = single
      ? [tf.scalar(rate), tf.tensor1d(seed, 'int32')]
      : [tf.tensor1d(rates), tf.tensor2d(seeds, [seeds.length, 2], 'int32')];
    let told: Tensor[] = [];
    try {
      const running = steps.step(form, feed.layout, batches.length).runAsync([...tensors, ...control]);
      try {
        // Not awaited yet: gathering takes time on this thread while TensorFlow computes on its own.
        ahead.call = after.samples < train.count ? prepare(after, order) : null;
      } finally {
        told = await running;
      }
      const values = (told[0]?.dataSync() ?? new Float32Array()) as Float32Array;
      const length = values.length / batches.length;
      return batches.map(({ size }, call) => ({
        size,
        learningRate: rates[call] ?? 0,
        report: steps.read(values.subarray(call * length, (call + 1) * length), form, size),
      }));
    } finally {
      tf.dispose([...tensors, ...control, ...told]);
    }
  };

  try {
    options.onStart?.({ totalSteps: plan.totalSteps, step: at.step });
    let stop = callbacks.onStart().stop;
    while (!stop && at.epoch <= settings.epochs) {
      const order = epochOrder(train.count, at.epoch - 1, settings);
      while (!stop && at.samples < train.count) {
        await options.waitUntilReady?.();
        if (options.shouldStop?.()) {
          await save('stopped');
          return { reason: 'stopped', step: at.step, epoch: at.epoch, metrics: last };
        }
        const began = performance.now();
        const current = ahead.call ?? prepare(at, order);
        ahead.call = null;
        const results = await run(current, order);
        const milliseconds = (performance.now() - began) / results.length;
        const decisions: Decisions[] = [];
        for (const { size, learningRate, report } of results) {
          at = plan.after(at);
          metrics.add(report.packed, size);
          stepMetrics.add(report.packed, size);
          if (!current.form.updates) continue;
          last = seriesOf(stepMetrics.results());
          stepMetrics.reset();
          const { gradientNorm, clippedGradientNorm, lossScale, layers } = report;
          const told = { metrics: last, learningRate, gradientNorm, clippedGradientNorm, lossScale, layers };
          options.onStep?.({ step: at.step, epoch: at.epoch, ...told, samples: size, milliseconds });
          decisions.push(callbacks.onStep(moment(last)));
          if (decisions.at(-1)?.stop === 'diverged') throw diverged(at.step, last['loss'] ?? Number.NaN);
        }
        // The weights are those after the call's last step, and so is what is done about them.
        stop = await act(decisions.reduce((all, one) => ({ ...all, ...one }), {}));
      }
      if (at.samples < train.count) break;
      const measured = seriesOf(metrics.results());
      const validated = evaluator ? await evaluator.evaluate() : {};
      const named = Object.entries(validated).map(([name, value]) => [validationName(name), value] as const);
      last = { ...measured, ...Object.fromEntries(named) };
      metrics.reset();
      options.onEpoch?.({ step: at.step, epoch: at.epoch, metrics: last });
      const decisions = callbacks.onEpoch(moment(last));
      at = { ...at, epoch: at.epoch + 1, samples: 0 };
      stop = (await act(decisions)) ?? stop;
    }
    training.optimizer.averages?.overwrite();
    await act(callbacks.onEnd(moment(last)));
    const epoch = Math.min(at.epoch, settings.epochs);
    return {
      reason: stop === undefined || stop === 'diverged' ? 'completed' : stop,
      step: at.step,
      epoch,
      metrics: last,
    };
  } finally {
    evaluator?.dispose();
    snapshot.dispose();
    feed.dispose();
    gs.tf.dispose(ahead.call?.tensors ?? []);
  }
}

/** The end of a training whose loss is NaN or infinite. */
function diverged(step: number, loss: number): GradstreamError {
  const detail = `The loss is ${loss} at step ${step}. Use a smaller learning rate, clip gradients ("clip": {"globalNorm": 1}), or scale the inputs.`;
  return new GradstreamError('DIVERGED', detail);
}
