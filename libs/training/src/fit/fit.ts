// The training loop.

import { GradstreamError, toPointer } from '@gradstream/contracts';
import type { CheckpointReason, Decisions, Moment } from '../callbacks/callback.js';
import { CallbackSet, unknownMonitors, type WatchingRule } from '../callbacks/callbackSet.js';
import type { OpenCheckpoint } from '../checkpoint/checkpoint.js';
import { seriesOf } from '../metrics/index.js';
import { makeSchedule } from '../schedules/schedule.js';
import { Calls, type BatchOutcome } from './calls.js';
import { checkData } from './checkData.js';
import { epochOrder, type TrainingData } from './data.js';
import { Evaluator } from './evaluate.js';
import type { FitEvents, FitResult, StepEvent } from './events.js';
import { feedOf } from './feed.js';
import { CheckpointKeeper } from './keeper.js';
import { metricsOf } from './outputs.js';
import { Plan, START, type Position } from './plan.js';
import { checkResume, restoreTraining, targetOf, watchesTheSame, type GivenTarget } from './save.js';
import { Snapshot } from './snapshot.js';
import type { Training } from './training.js';

export interface FitOptions extends FitEvents {
  readonly train: TrainingData;
  readonly validation?: TrainingData | null;
  /** Where checkpoints are written; without it there are none. */
  readonly checkpoints?: GivenTarget | null;
  /** Goes on exactly where this checkpoint was written; the caller closes it. */
  readonly resumeFrom?: OpenCheckpoint | null;
  /**
   * Whether the settings are others than those that the checkpoint was written with: a new training from where it stood.
   * What rules remember is taken over where they watch the same series; what the optimizer did not keep begins anew.
   */
  readonly changed?: boolean;
  /** Asked before each call; when it says so, a checkpoint is written, and the training ends. */
  readonly shouldStop?: () => boolean;
  /** Resolves when whoever listens can take more; awaited before each call. */
  readonly waitUntilReady?: () => Promise<void>;
}

/** `loss` as `valLoss`. */
const validationName = (series: string): string => `val${series.charAt(0).toUpperCase()}${series.slice(1)}`;

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

const OPTIONS: Readonly<Record<keyof FitOptions, string>> = {
  train: 'the data',
  validation: 'data',
  checkpoints: '{ folder }',
  resumeFrom: 'what openCheckpoint(folder) gives',
  changed: 'true or false',
  shouldStop: 'a function',
  waitUntilReady: 'a function',
  onStart: 'a function',
  onStep: 'a function',
  onEpoch: 'a function',
  onCheckpoint: 'a function',
};

/** Throws VALIDATION_FAILED for what a script without types may give: options that there are not, and of another kind. */
function checkOptions(options: Partial<Record<keyof FitOptions, unknown>>): void {
  const isOf = (name: string, value: unknown): boolean => {
    const wanted = OPTIONS[name as keyof FitOptions];
    if (value === undefined || value === null) return name !== 'train';
    if (wanted === 'a function') return typeof value === 'function';
    return wanted === 'true or false' ? typeof value === 'boolean' : typeof value === 'object';
  };
  const wrong = Object.entries({ train: undefined, ...options }).find(
    ([name, value]) => !Object.hasOwn(OPTIONS, name) || !isOf(name, value),
  );
  if (!wrong) return;
  const [name] = wrong;
  const wanted = OPTIONS[name as keyof FitOptions] as string | undefined;
  const detail = wanted
    ? `The option "${name}" of fit takes ${wanted}.`
    : `fit has no option "${name}". It has ${Object.keys(OPTIONS).join(', ')}.`;
  throw new GradstreamError('VALIDATION_FAILED', detail);
}

/** Throws VALIDATION_FAILED for a rule that watches what nobody measures. */
function checkMonitors({ settings, network, outputs }: Training, validates: boolean): void {
  const measured = Object.keys(seriesOf(metricsOf(network, outputs).results()));
  const series = validates ? [...measured, ...measured.map(validationName)] : measured;
  const errors = unknownMonitors(settings, series).map(({ setting, monitor }) => ({
    pointer: toPointer([setting, 'monitor']),
    code: 'unknownSeries',
    message: `"${monitor}" is not measured`,
    hint: `Known are ${series.join(', ')}${validates ? '' : '; give validation data for those that begin with "val"'}`,
  }));
  const [first] = errors;
  if (!first) return;
  const detail = `What ${first.pointer.split('/')[1] ?? ''} watches, ${first.message}. ${first.hint}.`;
  throw new GradstreamError('VALIDATION_FAILED', detail, { errors });
}

/** The rules as they begin, or as they stood in a checkpoint. */
function callbacksOf(training: Training, { resumeFrom, changed = false }: FitOptions): CallbackSet {
  if (!resumeFrom) return new CallbackSet(training.settings);
  const { manifest } = resumeFrom;
  const remembers = (rule: WatchingRule): boolean => watchesTheSame(training, manifest, rule);
  return new CallbackSet(training.settings, manifest.state['callbacks'], changed ? { remembers } : undefined);
}

/** One run of the loop, and all that it holds. */
class Loop {
  readonly #plan: Plan;
  readonly #callbacks: CallbackSet;
  readonly #snapshot: Snapshot;
  readonly #stepMetrics;
  readonly #feed;
  readonly #evaluator: Evaluator | null;
  readonly #calls: Calls;
  readonly #keeper: CheckpointKeeper | null;
  readonly #rateOf: (step: number) => number;
  #at: Position = START;
  /** Of the last step, and over the last epoch with its validation. */
  #step: Record<string, number> = {};
  #epoch: Record<string, number> = {};
  #clock = performance.now();
  /** Samples and time of the batches since the last update. */
  #since = { samples: 0, milliseconds: 0 };

  constructor(
    private readonly training: Training,
    private readonly options: FitOptions,
  ) {
    const { gs, graph, settings, network, outputs } = training;
    const { train, validation, checkpoints } = options;
    this.#plan = new Plan(settings, train.count);
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
    };
    this.#keeper = checkpoints
      ? new CheckpointKeeper(parts, targetOf(training, checkpoints), train.count, options.onCheckpoint)
      : null;
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
    this.options.onStart?.({ totalSteps: this.#plan.totalSteps, step: this.#at.step, inexact });
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
    await this.#keeper?.open(options.resumeFrom?.manifest.step ?? null);
    if (!options.resumeFrom) {
      training.metrics.reset();
      training.accumulator?.reset();
      return [];
    }
    const target = options.checkpoints ? targetOf(training, options.checkpoints) : null;
    const basis = { samples: options.train.count, target };
    const { changed = false, resumeFrom } = options;
    const inexact = checkResume(training, resumeFrom.manifest, { ...basis, changed });
    const parts = { training, snapshot: this.#snapshot, stepMetrics: this.#stepMetrics };
    // What chose a way of running then decides now, or the bytes could differ.
    if (training.settings.executor === 'auto') training.steps.pin(resumeFrom.manifest.execution.executor);
    const { position, epochMetrics } = await restoreTraining(parts, resumeFrom, changed);
    this.#at = position;
    this.#epoch = { ...epochMetrics };
    return inexact;
  }

  /** Takes in what a batch told; after an update tells it on, and asks the rules. */
  #afterBatch({ size, updates, learningRate, report, milliseconds }: BatchOutcome): Decisions {
    this.#at = this.#plan.after(this.#at);
    this.training.metrics.add(report.packed, size);
    this.#stepMetrics.add(report.packed, size);
    this.#since = {
      samples: this.#since.samples + size,
      milliseconds: this.#since.milliseconds + milliseconds,
    };
    if (!updates) return {};
    this.#step = seriesOf(this.#stepMetrics.results());
    this.#stepMetrics.reset();
    const { gradientNorm, clippedGradientNorm, lossScale, layers } = report;
    const { step, epoch } = this.#at;
    const gradients = { gradientNorm, clippedGradientNorm, lossScale, layers };
    const event: StepEvent = { step, epoch, metrics: this.#step, learningRate, ...gradients, ...this.#since };
    this.#since = { samples: 0, milliseconds: 0 };
    this.options.onStep?.(event);
    const decisions = this.#callbacks.onStep(this.#moment(this.#step));
    if (decisions.stop === 'diverged') throw diverged(step, this.#step['loss'] ?? Number.NaN);
    return decisions;
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
    this.#epoch = { ...seriesOf(trained), ...asValidation(seriesOf(validated)) };
    metrics.reset();
    const { step, epoch } = this.#at;
    this.options.onEpoch?.({ step, epoch, metrics: this.#epoch, results });
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
    const { step, epoch, samples } = this.#at;
    // Between epochs a training stands before the first sample of the next one.
    return { reason, step, epoch: samples === 0 ? epoch - 1 : epoch, metrics: this.#epoch };
  }
}

/** The end of a training whose loss is NaN or infinite. */
function diverged(step: number, loss: number): GradstreamError {
  const detail = `The loss is ${loss} at step ${step}. Use a smaller learning rate, clip gradients ("clip": {"globalNorm": 1}), or scale the inputs.`;
  return new GradstreamError('DIVERGED', detail);
}
