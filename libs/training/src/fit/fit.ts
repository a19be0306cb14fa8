// The training loop.

import { GradstreamError, validationName, type WatchingRule } from '@gradstream/contracts';
import type { CheckpointReason, Decisions, Moment } from '../callbacks/callback.js';
import type { OpenCheckpoint } from '../checkpoint/checkpoint.js';
import { CallbackSet } from '../callbacks/callbackSet.js';
import { seriesOf } from '../metrics/index.js';
import { makeSchedule } from '../schedules/schedule.js';
import { Calls, type BatchOutcome } from './calls.js';
import { checkData } from './checkData.js';
import { checkResume, targetOf, watchesTheSame, type CheckpointTarget } from './continuity.js';
import { epochOrder } from './data.js';
import { Evaluator } from './evaluate.js';
import { executionOf, isSteady } from './execution.js';
import type { FitResult, StepEvent } from './events.js';
import { feedOf } from './feed.js';
import { CheckpointKeeper } from './keeper.js';
import { checkMonitors, checkOptions, type FitOptions } from './options.js';
import { metricsOf } from './outputs.js';
import { lastEpochOf, Plan, START, type Position } from './plan.js';
import { restoreTraining } from './save.js';
import { Snapshot } from './snapshot.js';
import { StatisticsRate } from './statisticsRate.js';
import type { Training } from './training.js';

/** The same under the names of validation. */
const asValidation = <T>(values: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [validationName(name), value] as const));

/**
 * Trains until the last epoch, a rule or `shouldStop` ends it. Throws DIVERGED when the loss is no longer finite, after
 * the event of that step; VALIDATION_FAILED when data or rules do not fit; CHECKPOINT_INVALID for a checkpoint of another
 * training.
 */
export async function fit(training: Training, options: FitOptions): Promise<FitResult> {
  checkOptions(options);
  const { train, validation = null } = options;
  checkData(training, train, validation);
  checkMonitors(training, validation !== null);
  const loop = new Loop(training, options);
  try {
    return await loop.run();
  } finally {
    loop.dispose();
  }
}

/** The rules as they begin, or as they stood in a checkpoint. */
function callbacksOf(training: Training, { resumeFrom, changed = false }: FitOptions): CallbackSet {
  if (!resumeFrom) return new CallbackSet(training.settings);
  const { manifest } = resumeFrom;
  const remembers = (rule: WatchingRule): boolean => watchesTheSame(training, manifest, rule);
  return new CallbackSet(training.settings, manifest.state['callbacks'], changed ? { remembers } : undefined);
}

const NOTHING = { samples: 0, milliseconds: 0, gatherMs: 0, waitMs: 0 };

/** One run of the loop, and all that it holds. */
class Loop {
  readonly #plan: Plan;
  readonly #statisticsRate: StatisticsRate;
  readonly #callbacks: CallbackSet;
  readonly #snapshot: Snapshot;
  readonly #stepMetrics;
  readonly #feed;
  readonly #evaluator: Evaluator | null;
  readonly #calls: Calls;
  readonly #target: CheckpointTarget | null;
  readonly #keeper: CheckpointKeeper | null;
  readonly #rateOf: (step: number) => number;
  #at: Position = START;
  /** Of the last step, and over the last epoch with its validation. */
  #step: Record<string, number> = {};
  #epoch: Record<string, number> = {};
  #clock = performance.now();
  /** Samples and time of the batches since the last update. */
  #since = { ...NOTHING };

  constructor(
    private readonly training: Training,
    private readonly options: FitOptions,
  ) {
    const { gs, graph, settings, network, outputs } = training;
    const { train, validation, checkpoints } = options;
    this.#statisticsRate = new StatisticsRate(isSteady(training));
    this.#plan = new Plan(settings, train.count, this.#statisticsRate);
    const schedule = makeSchedule(settings.schedule, settings.optimizer.learningRate, this.#plan.totalSteps);
    this.#callbacks = callbacksOf(training, options);
    this.#rateOf = (step) => schedule(step) * this.#callbacks.learningRateScale;
    this.#snapshot = new Snapshot(training);
    this.#stepMetrics = metricsOf(network, outputs);
    const parts = {
      training,
      callbacks: this.#callbacks,
      snapshot: this.#snapshot,
      stepMetrics: this.#stepMetrics,
      statisticsRate: this.#statisticsRate,
    };
    this.#target = checkpoints ? targetOf(training, checkpoints) : null;
    this.#keeper =
      this.#target && new CheckpointKeeper(parts, this.#target, train.count, options.onCheckpoint);
    this.#feed = feedOf(gs, graph, train);
    this.#calls = new Calls(training, this.#plan, this.#feed, this.#rateOf);
    try {
      this.#evaluator = validation ? new Evaluator(training, validation) : null;
    } catch (error) {
      this.#feed.dispose();
      throw error;
    }
  }

  async run(): Promise<FitResult> {
    const { settings } = this.training;
    const { train, shouldStop, waitUntilReady } = this.options;
    const inexact = await this.#begin();
    const { precision } = executionOf(this.training, 'captured');
    this.options.onStart?.({ totalSteps: this.#plan.totalSteps, step: this.#at.step, inexact, precision });
    let stop = this.#callbacks.onStart().stop;
    while (!stop && this.#at.epoch <= settings.epochs) {
      let due: CheckpointReason | undefined;
      const order = epochOrder(train.count, this.#at.epoch - 1, settings);
      while (!stop && this.#at.samples < train.count) {
        await waitUntilReady?.();
        if (shouldStop?.()) {
          await this.#save('stopped', this.#step);
          return this.#result('stopped');
        }
        const batches = await this.#calls.run(this.#at, order);
        // The weights are those after the call's last step, and so is what is done about them.
        const decisions = batches.map((batch) => this.#afterBatch(batch));
        const { checkpoint, ...rest } = Object.assign({}, ...decisions) as Decisions;
        // At an epoch's end it is written when all is told of that step, or a resumed run would tell some of it twice.
        const isEnd = this.#at.samples === train.count;
        if (isEnd) due = checkpoint;
        stop = await this.#act(isEnd || !checkpoint ? rest : { ...rest, checkpoint }, this.#step);
      }
      if (this.#at.samples === train.count) stop = (await this.#endEpoch(due)) ?? stop;
    }
    this.training.optimizer.averages?.overwrite();
    await this.#act(this.#callbacks.onEnd(this.#moment(this.#epoch)), this.#epoch);
    return this.#result(stop === undefined || stop === 'diverged' ? 'completed' : stop);
  }

  dispose(): void {
    this.#calls.dispose();
    this.#evaluator?.dispose();
    this.#feed.dispose();
    this.#snapshot.dispose();
  }

  /** From the start, or from a checkpoint; returns what makes its continuation inexact. */
  async #begin(): Promise<string[]> {
    const { training, options } = this;
    const { resumeFrom = null } = options;
    await this.#keeper?.open(resumeFrom?.manifest.step ?? null);
    if (resumeFrom) return this.#continue(resumeFrom);
    training.metrics.reset();
    training.accumulator?.reset();
    return [];
  }

  async #continue(checkpoint: OpenCheckpoint): Promise<string[]> {
    const { training, options } = this;
    const { execution, state } = checkpoint.manifest;
    const { changed = false } = options;
    // What was chosen by time or by the machine is chosen no more, or the bytes could differ.
    if (training.settings.executor === 'auto') training.steps.pin(execution.executor);
    if (!changed) {
      if (training.settings.precision === 'auto' && execution.precision)
        training.pinPrecision(execution.precision);
      this.#statisticsRate.restore(state['statisticsRate']);
    }
    const basis = { samples: options.train.count, target: this.#target, changed };
    const inexact = checkResume(training, checkpoint.manifest, basis);
    const parts = { training, snapshot: this.#snapshot, stepMetrics: this.#stepMetrics };
    const { position, epochMetrics } = await restoreTraining(parts, checkpoint, changed);
    this.#at = position;
    this.#epoch = { ...epochMetrics };
    return inexact;
  }

  /** Takes in what a batch told; after an update tells it on, and asks the rules. */
  #afterBatch({ size, updates, learningRate, report, statistics, ...time }: BatchOutcome): Decisions {
    this.#at = this.#plan.after(this.#at);
    this.training.metrics.add(report.packed, size);
    this.#stepMetrics.add(report.packed, size);
    this.#since = {
      samples: this.#since.samples + size,
      milliseconds: this.#since.milliseconds + time.milliseconds,
      gatherMs: this.#since.gatherMs + time.gatherMs,
      waitMs: this.#since.waitMs + time.waitMs,
    };
    if (!updates) return {};
    this.#step = seriesOf(this.#stepMetrics.results());
    this.#stepMetrics.reset();
    const { gradientNorm, clippedGradientNorm, lossScale, layers } = report;
    const { step, epoch } = this.#at;
    const gradients = { gradientNorm, clippedGradientNorm, lossScale, layers };
    const event: StepEvent = { step, epoch, metrics: this.#step, learningRate, ...gradients, ...this.#since };
    this.#since = { ...NOTHING };
    this.options.onStep?.(event);
    this.#measureStatistics(event, statistics);
    const decisions = this.#callbacks.onStep(this.#moment(this.#step));
    if (decisions.stop === 'diverged') throw diverged(step, this.#step['loss'] ?? Number.NaN);
    return decisions;
  }

  /** Takes in what norms cost, where that decides how often they are told; those of full statistics cost something else. */
  #measureStatistics(
    { step, epoch, samples, milliseconds }: StepEvent,
    told: BatchOutcome['statistics'],
  ): void {
    const { statistics, batchSize, accumulate } = this.training.settings;
    if (told === 'full' || statistics.normsEverySteps !== 'auto') return;
    const isFull = samples === batchSize * accumulate;
    const call = this.#plan.callAt(step - 1);
    const chosen = this.#statisticsRate.add(told === 'norms', milliseconds, call, isFull);
    if (chosen) this.options.onStatisticsRate?.({ ...chosen, step, epoch });
  }

  /**
   * Validates, tells, and asks the rules; the training then stands before the next epoch. `due` is why the last step
   * asked for a checkpoint.
   */
  async #endEpoch(due: CheckpointReason | undefined): Promise<Decisions['stop']> {
    const { metrics } = this.training;
    const trained = metrics.results();
    const validated = (await this.#evaluator?.results()) ?? {};
    const results = { ...trained, ...asValidation(validated) };
    const validation = asValidation(seriesOf(validated));
    this.#epoch = { ...seriesOf(trained), ...validation };
    metrics.reset();
    const { step, epoch } = this.#at;
    this.options.onEpoch?.({ step, epoch, metrics: this.#epoch, validation, results });
    const decisions = this.#callbacks.onEpoch(this.#moment(this.#epoch));
    this.#at = { ...this.#at, epoch: epoch + 1, samples: 0 };
    return this.#act(
      due && !decisions.checkpoint ? { ...decisions, checkpoint: due } : decisions,
      this.#epoch,
    );
  }

  /** Carries decisions out, in their order; learning rates follow the callbacks' own scale. */
  async #act(
    { snapshot, restoreBest, checkpoint, stop }: Decisions,
    metrics: Readonly<Record<string, number>>,
  ): Promise<Decisions['stop']> {
    if (snapshot) this.#snapshot.take(metrics);
    if (restoreBest) {
      this.#snapshot.restore();
      this.#epoch = { ...this.#snapshot.metrics };
    }
    if (checkpoint) await this.#save(checkpoint, restoreBest ? this.#epoch : metrics);
    return stop;
  }

  async #save(
    reason: CheckpointReason | 'stopped',
    metrics: Readonly<Record<string, number>>,
  ): Promise<void> {
    await this.#keeper?.save(reason, this.#at, { last: metrics, epoch: this.#epoch });
  }

  /** What rules are told. */
  #moment(metrics: Readonly<Record<string, number>>): Moment {
    const now = performance.now();
    const seconds = (now - this.#clock) / 1000;
    this.#clock = now;
    const { step, epoch } = this.#at;
    return { step, epoch, seconds, learningRate: this.#rateOf(Math.max(0, step - 1)), metrics };
  }

  #result(reason: FitResult['reason']): FitResult {
    return { reason, step: this.#at.step, epoch: lastEpochOf(this.#at), metrics: this.#epoch };
  }
}

/** The end of a training whose loss is NaN or infinite. */
function diverged(step: number, loss: number): GradstreamError {
  const detail = `The loss is ${loss} at step ${step}. Use a smaller learning rate, clip gradients ("clip": {"globalNorm": 1}), or scale the inputs.`;
  return new GradstreamError('DIVERGED', detail);
}
