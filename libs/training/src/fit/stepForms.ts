// The captured steps of a training: what one call of TensorFlow does, in each of its forms.

import type { TrainingSettings } from '@gradstream/contracts';
import {
  unpackStatistics,
  type CapturedStep,
  type GroupNorms,
  type GroupStatistics,
  type LossScale,
  type Scalar,
  type StatisticsLevel,
  type Tensor,
  type Tensor1D,
} from '@gradstream/engine';
import type { Segment } from '@gradstream/models';
import { clipGradients } from '../clipping/clip.js';
import type { Metrics } from '../metrics/index.js';
import type { GradientAccumulator } from '../optimizers/accumulator.js';
import type { Optimizer } from '../optimizers/ruleOptimizer.js';
import { layerNames } from '../statistics/norms.js';
import { checkSum, weightOf, type Accumulation } from './accumulation.js';
import type { TrainingPrecision } from './execution.js';
import { batchLoss, tensorsIn, type BatchLoss, type LossParts } from './batchLoss.js';
import { splitInputs, type InputLayout } from './upload.js';

/** What a step is made of. */
export interface StepParts extends LossParts {
  readonly optimizer: Optimizer;
  /** Null where each batch is an update. */
  readonly accumulator: GradientAccumulator | null;
  readonly accumulation: Accumulation;
  /** Null but for float16. */
  readonly lossScale: LossScale | null;
  readonly metrics: Metrics;
  readonly settings: TrainingSettings;
  /** What is computed again for the backward pass. */
  readonly segments: readonly Segment[];
  /** What steps compute in; the same from the first one on. */
  readonly precision: () => TrainingPrecision;
}

/** How a step is run, once that is decided. */
type ChosenExecutor = Exclude<TrainingSettings['executor'], 'auto'>;

/** Which form a step has. */
export interface Form {
  /** Whether it ends in an update, or adds its gradients to those of other batches. */
  readonly updates: boolean;
  /** What it tells of the gradients of layers. */
  readonly statistics: StatisticsLevel | 'none';
}

/** What a step tells. */
export interface StepReport {
  /** For `Metrics.add`; the first is the loss. */
  readonly packed: Float32Array;
  /** L2 norm of all gradients, before and after clipping; null for a form that makes no update or tells no norms. */
  readonly gradientNorm: number | null;
  readonly clippedGradientNorm: number | null;
  readonly lossScale: { readonly scale: number; readonly skipped: boolean } | null;
  readonly layers: readonly (GroupNorms | GroupStatistics)[];
}

/** The trace of a training step: [packed metrics, norms, statistics] as one vector. */
function trainingStep(parts: StepParts, form: Form, layout: InputLayout, given: readonly Tensor[]): Tensor {
  const { gs, network, lossScale, settings } = parts;
  const { tf } = gs;
  const batch = splitInputs(given, layout);
  const [learningRate, seed] = batch.rest as [Scalar, Tensor1D];
  const trained = network.trainable;
  const variables = trained.map(({ variable }) => variable);

  // Forward and loss. What is used after the gradients is kept: tfjs drops what a gradient's function made. Of losses
  // that are sums, the penalties are those of one batch.
  const penalties = form.updates || parts.accumulation === 'mean';
  let kept: BatchLoss | undefined;
  const lossOf = (): Scalar => {
    kept = batchLoss(parts, batch, { seed, segments: parts.segments }, penalties);
    tensorsIn(kept).forEach((tensor) => tf.keep(tensor));
    const { total } = kept.losses;
    return lossScale ? lossScale.scale(total) : total;
  };
  const { grads } = tf.variableGrads(lossOf, variables);
  if (!kept) throw new Error('the loss was not computed');
  const told: Tensor[] = [parts.metrics.pack(gs, kept.batches, kept.losses)];
  const raw = variables.map((variable) => grads[variable.name] ?? tf.zerosLike(variable));
  const summed = accumulated(parts, form, kept, raw, batch.inputs[0]?.shape[0] ?? 1);
  if (summed) {
    const unscaled = lossScale?.unscale(summed);
    const gradients = unscaled?.gradients ?? summed;
    const norms = normsOf(parts, form, gradients);
    const clipped = settings.clip
      ? clipGradients(gs, settings.clip, trained, gradients, norms?.global)
      : gradients;
    const apply = (): void => {
      parts.optimizer.apply(clipped, learningRate);
    };
    const update = (): Scalar[] => {
      const report = lossScale && unscaled ? lossScale.update(unscaled.finite, apply) : null;
      if (!report) apply();
      return report ? [report.scale.asScalar(), report.skipped.asScalar()] : [];
    };
    const isFull = form.statistics === 'full';
    let report: Scalar[] = [];
    const changes = isFull
      ? gs.updatesOf(variables, () => {
          report = update();
        })
      : [];
    if (!isFull) report = update();
    told.push(...report);
    if (norms) told.push(norms.global, clippedNorm(parts, norms.global, clipped));
    if (norms && form.statistics !== 'none') {
      const groups = norms.layers.map((layer) => {
        const of = <T>(list: readonly T[]): T[] => list.filter((_, at) => trained[at]?.layer.name === layer);
        return { gradients: of(gradients), updates: of(changes), weights: of(variables) };
      });
      told.push(isFull ? gs.statistics(groups, { level: 'full' }) : norms.byLayer);
    }
  }
  // Statistics of layers change after everything has used the old ones.
  for (const { weight, value } of kept.pass.updates) weight.variable.assign(value);
  const all = tf.concat(told.map((part) => part.reshape([-1])));
  tf.dispose(tensorsIn(kept));
  return all;
}

/** The gradients of an update; null where they wait for those of other batches. */
function accumulated(
  { gs, accumulator, accumulation }: StepParts,
  form: Form,
  loss: BatchLoss,
  gradients: readonly Tensor[],
  samples: number,
): readonly Tensor[] | null {
  if (!accumulator) return gradients;
  if (accumulation === 'sum') checkSum(loss);
  const weight = accumulation === 'sum' ? 1 : weightOf(loss, samples);
  const given = typeof weight === 'number' ? gs.tf.scalar(weight) : weight;
  if (form.updates)
    return accumulation === 'sum' ? accumulator.sum(gradients) : accumulator.mean(gradients, given);
  accumulator.add(gradients, given);
  return null;
}

/** Whether a form knows the norm of all gradients: it tells norms, or clipping takes that one. */
const knowsNorm = (
  { settings: { clip } }: Pick<StepParts, 'settings'>,
  { updates, statistics }: Form,
): boolean => updates && (statistics !== 'none' || (clip !== null && 'globalNorm' in clip));

/** The norm of the clipped gradients. Clipping by the norm of all scales them, and that norm with them: no need to look. */
function clippedNorm(
  { gs, settings: { clip } }: StepParts,
  norm: Scalar,
  clipped: readonly Tensor[],
): Tensor {
  if (clip === null || clipped.length === 0) return norm;
  if (!('globalNorm' in clip)) return gs.norms([clipped]);
  return norm.mul(gs.tf.scalar(clip.globalNorm).div(norm.maximum(clip.globalNorm)));
}

/** The norms of all gradients and of each layer's, where the form knows them. */
function normsOf(parts: StepParts, form: Form, gradients: readonly Tensor[]) {
  if (!knowsNorm(parts, form)) return null;
  const { gs, network } = parts;
  const layers = layerNames(network.trainable);
  const groups = layers.map((name) =>
    gradients.filter((_, at) => network.trainable[at]?.layer.name === name),
  );
  const byLayer = gs.norms(groups);
  return { layers, byLayer, global: byLayer.square().sum().sqrt().asScalar() };
}

/** The forms of a training step, each captured when it is first used. */
export class StepForms {
  readonly #steps = new Map<string, CapturedStep>();
  readonly #names: readonly string[];
  #pinned: ChosenExecutor | null = null;

  constructor(private readonly parts: StepParts) {
    this.#names = layerNames(parts.network.trainable);
  }

  /** The step of a form for `size` samples of a layout; `calls` of them in one. */
  step(form: Form, layout: InputLayout, size: number, calls: number): CapturedStep {
    const key = JSON.stringify([form, layout, size, calls]);
    const known = this.#steps.get(key);
    if (known) return known;
    const { gs, settings, precision } = this.parts;
    // One choice for all forms: others might round differently, and a resumed training could not know which had which.
    const executor = settings.executor === 'auto' ? (this.executor ?? 'auto') : settings.executor;
    const body = (...tensors: Tensor[]): Tensor[] => [trainingStep(this.parts, form, layout, tensors)];
    const step = gs.capture(body, { precision: precision(), executor, stepsPerCall: calls });
    this.#steps.set(key, step);
    return step;
  }

  /** With `auto`: what an earlier part of the training chose. */
  pin(executor: ChosenExecutor): void {
    this.#pinned = executor;
  }

  /** Reads what a step of a form told of so many samples. */
  read(values: Float32Array, form: Form, samples: number): StepReport {
    const { metrics, lossScale } = this.parts;
    let at = metrics.size(samples);
    const packed = values.subarray(0, at);
    const scale =
      form.updates && lossScale ? { scale: values[at++] ?? 0, skipped: values[at++] === 1 } : null;
    if (!knowsNorm(this.parts, form))
      return { packed, gradientNorm: null, clippedGradientNorm: null, lossScale: scale, layers: [] };
    const [gradientNorm, clippedGradientNorm] = [values[at++] ?? 0, values[at++] ?? 0];
    if (form.statistics === 'none')
      return { packed, gradientNorm, clippedGradientNorm, lossScale: scale, layers: [] };
    const rest = values.subarray(at);
    const layers =
      form.statistics === 'full'
        ? unpackStatistics(rest, this.#names, 'full')
        : this.#names.map((name, index) => ({ name, norm: rest[index] ?? Number.NaN, updateRatio: null }));
    return { packed, gradientNorm, clippedGradientNorm, lossScale: scale, layers };
  }

  /** What the first form that ran was executed by; null before. */
  get executor(): ChosenExecutor | null {
    const used = [...this.#steps.values()].flatMap((step) => step.receipts.map(({ executor }) => executor));
    return this.#pinned ?? used.find((executor) => executor !== null) ?? null;
  }

  dispose(): void {
    for (const step of this.#steps.values()) step.dispose();
    this.#steps.clear();
  }
}
