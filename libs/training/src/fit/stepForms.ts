// The captured steps of a training: what one call of TensorFlow does, in each of its forms.

import type { TrainingSettings } from '@gradstream/contracts';
import {
  unpackStatistics,
  type CapturedStep,
  type Engine,
  type GroupNorms,
  type GroupStatistics,
  type LossScale,
  type Scalar,
  type StatisticsLevel,
  type Tensor,
  type Tensor1D,
} from '@gradstream/engine';
import { clipGradients } from '../clipping/clip.js';
import { totalLoss, type OutputBatch, type TotalLoss } from '../losses/outputs.js';
import type { Metrics } from '../metrics/index.js';
import type { Forward, ForwardOptions, Network } from '../network/network.js';
import type { GradientAccumulator } from '../optimizers/accumulator.js';
import type { Optimizer } from '../optimizers/ruleOptimizer.js';
import { layerNames } from '../statistics/norms.js';
import type { TrainedOutput } from './outputs.js';
import { splitInputs, type InputLayout } from './upload.js';

/** What a step is made of. */
export interface StepParts {
  readonly gs: Engine;
  readonly network: Network;
  readonly outputs: readonly TrainedOutput[];
  readonly optimizer: Optimizer;
  /** Null where each batch is an update. */
  readonly accumulator: GradientAccumulator | null;
  /** Null but for float16. */
  readonly lossScale: LossScale | null;
  readonly metrics: Metrics;
  readonly settings: TrainingSettings;
  readonly forward: Pick<ForwardOptions, 'segments' | 'withoutActivation'>;
}

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

/** What the losses of a batch take, by output. */
export function batchOf(
  outputs: readonly TrainedOutput[],
  pass: Forward,
  targets: readonly Tensor[],
  weights: readonly (Tensor | null)[],
): Map<string, OutputBatch> {
  return new Map(
    outputs.map(({ name, index, classWeights }, at) => {
      const [output, target] = [pass.outputs[index], targets[at]];
      if (!output || !target) throw new Error(`the output ${name} has no value or no target`);
      const mask = pass.masks[index] ?? null;
      return [name, { output, target, classWeights, mask, sampleWeights: weights[at] ?? null }];
    }),
  );
}

export const lossesOf = (
  outputs: readonly TrainedOutput[],
): Map<string, { loss: TrainedOutput['loss']; weight: number }> =>
  new Map(outputs.map(({ name, loss, weight }) => [name, { loss, weight }]));

/** The terms of the loss beside those of the outputs. */
function withPenalties(gs: Engine, { total, byOutput }: TotalLoss, terms: readonly Scalar[]): TotalLoss {
  return terms.length === 0
    ? { total, byOutput }
    : { total: gs.tf.addN([total, ...terms]).asScalar(), byOutput };
}

/** What a forward pass leaves for the rest of the step. */
interface Computed {
  readonly batches: ReadonlyMap<string, OutputBatch>;
  readonly losses: TotalLoss;
  readonly updates: Forward['updates'];
}

/** The trace of a training step: [packed metrics, norms, statistics] as one vector. */
function trainingStep(parts: StepParts, form: Form, layout: InputLayout, given: readonly Tensor[]): Tensor {
  const { gs, network, outputs, lossScale, accumulator, settings } = parts;
  const { tf } = gs;
  const { inputs, targets, weights, rest } = splitInputs(given, layout);
  const [learningRate, seed] = rest as [Scalar, Tensor1D];
  const trained = network.trainable;
  const variables = trained.map(({ variable }) => variable);

  // Forward and loss. What is used after the gradients is kept: tfjs drops what a gradient's function made.
  let kept: Computed | undefined;
  const lossOf = (): Scalar => {
    const pass = network.forward(inputs, { seed, ...parts.forward });
    const batches = batchOf(outputs, pass, targets, weights);
    const penalty = network.penalty();
    const terms = [...pass.losses, ...(penalty ? [penalty] : [])];
    const losses = withPenalties(gs, totalLoss(gs, lossesOf(outputs), batches), terms);
    kept = { batches, losses, updates: pass.updates };
    madeBy(kept).forEach((tensor) => tf.keep(tensor));
    return lossScale ? lossScale.scale(losses.total) : losses.total;
  };
  const { grads } = tf.variableGrads(lossOf, variables);
  if (!kept) throw new Error('the loss was not computed');
  const packed = parts.metrics.pack(gs, kept.batches, kept.losses);
  const raw = variables.map((variable) => grads[variable.name] ?? tf.zerosLike(variable));
  const batch = inputs[0]?.shape[0] ?? 1;

  const told: Tensor[] = [packed];
  if (!form.updates && accumulator) accumulator.add(raw, tf.scalar(batch));
  else {
    const summed = accumulator ? accumulator.mean(raw, tf.scalar(batch)) : raw;
    const unscaled = lossScale?.unscale(summed);
    const gradients = unscaled?.gradients ?? summed;
    const names = layerNames(trained);
    const byLayer = names.map((name) => gradients.filter((_, at) => trained[at]?.layer.name === name));
    const wantsNorms =
      form.statistics !== 'none' || (settings.clip !== null && 'globalNorm' in settings.clip);
    const norms = wantsNorms ? gs.norms(byLayer) : null;
    const global = norms && norms.square().sum().sqrt().asScalar();
    const clipped = settings.clip
      ? clipGradients(gs, settings.clip, trained, gradients, global ?? undefined)
      : gradients;
    const apply = (): void => {
      parts.optimizer.apply(clipped, learningRate);
    };
    const report = lossScale && unscaled ? lossScale.update(unscaled.finite, apply) : null;
    if (!report) apply();
    if (report) told.push(report.scale.reshape([1]), report.skipped.reshape([1]));
    if (norms && global && form.statistics !== 'none') {
      const after = settings.clip && clipped.length > 0 ? gs.norms([clipped]) : global.reshape([1]);
      told.push(global.reshape([1]), after);
      told.push(
        form.statistics === 'norms'
          ? norms
          : gs.statistics(
              byLayer.map((list) => ({ gradients: list })),
              { level: 'full' },
            ),
      );
    }
  }
  // Statistics of layers change after everything has used the old ones.
  for (const { weight, value } of kept.updates) weight.variable.assign(value);
  const all = tf.concat(told.map((part) => part.reshape([-1])));
  tf.dispose(madeBy(kept));
  return all;
}

/** The tensors that outlive the function whose gradients are taken. */
function madeBy({ batches, losses, updates }: Computed): Tensor[] {
  const ofBatches = [...batches.values()].flatMap(({ output, mask }) => (mask ? [output, mask] : [output]));
  const all = [...ofBatches, losses.total, ...losses.byOutput.values(), ...updates.map(({ value }) => value)];
  return [...new Set(all)];
}

/** The forms of a training step, each captured when it is first used. */
export class StepForms {
  readonly #steps = new Map<string, CapturedStep>();
  readonly #names: readonly string[];

  constructor(private readonly parts: StepParts) {
    this.#names = layerNames(parts.network.trainable);
  }

  /** The step of a form for samples of a layout; `calls` of them in one. */
  step(form: Form, layout: InputLayout, calls: number): CapturedStep {
    const key = JSON.stringify([form, layout, calls]);
    const known = this.#steps.get(key);
    if (known) return known;
    const { gs, settings } = this.parts;
    const { precision, executor } = settings;
    const body = (...tensors: Tensor[]): Tensor[] => [trainingStep(this.parts, form, layout, tensors)];
    const step = gs.capture(body, { precision, executor, stepsPerCall: calls });
    this.#steps.set(key, step);
    return step;
  }

  /** Reads what a step of a form told of so many samples. */
  read(values: Float32Array, form: Form, samples: number): StepReport {
    const { metrics, lossScale } = this.parts;
    let at = metrics.size(samples);
    const packed = values.subarray(0, at);
    const scale =
      form.updates && lossScale ? { scale: values[at++] ?? 0, skipped: values[at++] === 1 } : null;
    if (!form.updates || form.statistics === 'none')
      return { packed, gradientNorm: null, clippedGradientNorm: null, lossScale: scale, layers: [] };
    const [gradientNorm, clippedGradientNorm] = [values[at++] ?? 0, values[at++] ?? 0];
    const rest = values.subarray(at);
    const layers =
      form.statistics === 'full'
        ? unpackStatistics(rest, this.#names, 'full')
        : this.#names.map((name, index) => ({ name, norm: rest[index] ?? Number.NaN, updateRatio: null }));
    return { packed, gradientNorm, clippedGradientNorm, lossScale: scale, layers };
  }

  /** What the first form that ran was executed by, for the record; null before. */
  get executor(): string | null {
    const used = [...this.#steps.values()].flatMap((step) => step.receipts.map(({ executor }) => executor));
    return used.find((executor) => executor !== null) ?? null;
  }

  dispose(): void {
    for (const step of this.#steps.values()) step.dispose();
    this.#steps.clear();
  }
}
