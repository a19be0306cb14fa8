// A model in training: its network, optimizer and all else that changes from step to step.

import { GradstreamError, type TrainingSettings } from '@gradstream/contracts';
import type { Engine, LossScale, Tensor, Variable } from '@gradstream/engine';
import {
  constrain,
  estimateMemory,
  segmentsOf,
  type ModelGraph,
  type Segment,
  sizeOf,
} from '@gradstream/models';
import type { Metrics } from '../metrics/index.js';
import { Network, type Weight } from '../network/network.js';
import { GradientAccumulator } from '../optimizers/accumulator.js';
import { makeOptimizer } from '../optimizers/create.js';
import type { Optimizer } from '../optimizers/ruleOptimizer.js';
import type { NamedVariable } from '../optimizers/weights.js';
import { accumulationOf } from './accumulation.js';
import { precisionOf, type TrainingPrecision } from './execution.js';
import { checkOutputs, metricsOf, trainedOutputs, type TrainedOutput } from './outputs.js';
import { StepForms } from './stepForms.js';

/** Roles that settings know normalization's weights by. */
const roleOf = ({ spec }: Weight): string => (spec.role === 'scale' ? 'normalization' : spec.role);

/** Throws MODEL_INVALID for a model of which nothing would change. */
function checkTrainable({ layers }: ModelGraph): void {
  if (layers.some(({ weights }) => weights.some(({ trainable }) => trainable))) return;
  const frozen = layers.filter(({ weights }) => weights.length > 0).map(({ name }) => name);
  const detail =
    frozen.length === 0
      ? 'No layer of the model has weights, so that there is nothing to train: add one that has, such as "dense".'
      : `All layers with weights are frozen (${frozen.join(', ')}): set "trainable" to true in at least one.`;
  throw new GradstreamError('MODEL_INVALID', detail);
}

/** What a constraint makes of a weight. */
function constrained(gs: Engine, weights: ReadonlyMap<Variable, Weight>, variable: Variable): Tensor | null {
  const constraint = weights.get(variable)?.spec.constraint;
  return constraint ? constrain(gs, constraint, variable) : null;
}

/** The segments that the settings ask for, or that the estimate makes necessary. */
function segmentsFor(
  graph: ModelGraph,
  settings: TrainingSettings,
  precision: TrainingPrecision,
  optimizer: Optimizer,
): Segment[] {
  const { recompute, memoryLimit, batchSize } = settings;
  if (recompute !== 'auto') return segmentsOf(graph, recompute);
  const trained = graph.layers.flatMap(({ weights }) => weights.filter(({ trainable }) => trainable));
  const values = trained.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const kept = optimizer.slots.reduce((sum, { variable }) => sum + variable.size, 0);
  const slotsPerWeight = values === 0 ? 0 : kept / values;
  const { total } = estimateMemory(graph, { batchSize, precision, slotsPerWeight });
  return segmentsOf(graph, memoryLimit !== null && total > memoryLimit ? 'blocks' : 'none');
}

/** Everything of a training that lives in the engine. The caller disposes it. */
export class Training {
  readonly network: Network;
  readonly outputs: readonly TrainedOutput[];
  readonly optimizer: Optimizer;
  readonly accumulator: GradientAccumulator | null;
  readonly lossScale: LossScale | null;
  readonly metrics: Metrics;
  /** What is computed again for the backward pass. */
  readonly segments: readonly Segment[];
  readonly steps: StepForms;
  #precision: TrainingPrecision;
  readonly #owned: { dispose: () => void }[] = [];

  /** Throws VALIDATION_FAILED for settings that do not fit the model, MODEL_INVALID when no weight would be trained. */
  constructor(
    readonly gs: Engine,
    readonly graph: ModelGraph,
    readonly settings: TrainingSettings,
  ) {
    checkOutputs(graph, settings);
    checkTrainable(graph);
    this.#precision = precisionOf(gs, settings);
    try {
      this.network = this.#own(new Network(gs, graph, settings.seed));
      this.outputs = trainedOutputs(gs, this.network, settings);
      for (const { classWeights } of this.outputs) if (classWeights) this.#own(classWeights);
      const accumulation = accumulationOf(this.outputs, settings);
      const trained = this.network.trainable;
      const weights = trained.map((weight) => ({
        name: weight.name,
        variable: weight.variable,
        role: roleOf(weight),
      }));
      const byVariable = new Map(trained.map((weight) => [weight.variable, weight]));
      const options = {
        constrain: ({ variable }: { variable: Variable }) => constrained(gs, byVariable, variable),
      };
      this.optimizer = this.#own(makeOptimizer(gs, settings.optimizer, weights, options));
      this.accumulator = settings.accumulate > 1 ? this.#own(new GradientAccumulator(gs, weights)) : null;
      this.lossScale = this.#precision === 'float16' ? this.#own(gs.lossScale()) : null;
      this.metrics = metricsOf(this.network, this.outputs);
      this.segments = segmentsFor(graph, settings, this.#precision, this.optimizer);
      const { network, outputs, optimizer, accumulator, lossScale, metrics, segments } = this;
      const parts = {
        gs,
        network,
        outputs,
        optimizer,
        accumulator,
        accumulation,
        lossScale,
        metrics,
        segments,
        precision: () => this.#precision,
      };
      this.steps = this.#own(new StepForms({ ...parts, settings }));
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /** What steps compute in. */
  get precision(): TrainingPrecision {
    return this.#precision;
  }

  /** Computes in what an earlier part of the training did. Before the first step. */
  pinPrecision(precision: TrainingPrecision): void {
    this.#precision = precision;
  }

  /** The variable that evaluations use for a weight: its average where the optimizer keeps one. */
  evaluated({ variable }: Weight): Variable {
    return this.optimizer.averages?.of(variable) ?? variable;
  }

  /** Runs work on the network as evaluations use it. */
  async asEvaluated<T>(work: () => Promise<T>): Promise<T> {
    const { averages } = this.optimizer;
    averages?.swap();
    try {
      return await work();
    } finally {
      averages?.swap();
    }
  }

  /** The variables beside those of evaluations that a checkpoint keeps, in a fixed order; `raw/` are weights that have averages. */
  get stateVariables(): NamedVariable[] {
    const { network, optimizer, accumulator, lossScale } = this;
    const averaged = network.weights.filter(({ variable }) => optimizer.averages?.of(variable));
    const raw = averaged.map(({ name, variable }) => ({ name: `raw/${name}`, variable }));
    const scale = lossScale
      ? Object.entries(lossScale.variables).map(([name, variable]: [string, Variable]) => ({
          name: `loss_scale/${name}`,
          variable,
        }))
      : [];
    const slots = optimizer.slots.map(({ name, variable }) => ({ name: `optimizer/${name}`, variable }));
    const sums = (accumulator?.slots ?? []).map(({ name, variable }) => ({
      name: `accumulator/${name}`,
      variable,
    }));
    return [...raw, ...slots, ...sums, ...scale];
  }

  dispose(): void {
    for (const owned of this.#owned.splice(0).reverse()) owned.dispose();
  }

  #own<T extends { dispose: () => void }>(part: T): T {
    this.#owned.push(part);
    return part;
  }
}
