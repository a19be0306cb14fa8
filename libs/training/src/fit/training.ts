// A model in training: its network, optimizer and all else that changes from step to step.

import type { TrainingSettings } from '@gradstream/contracts';
import type { Engine, LossScale, Tensor, Variable } from '@gradstream/engine';
import { constrain, estimateMemory, segmentsOf, type ModelGraph, type Segment } from '@gradstream/models';
import type { Metrics } from '../metrics/index.js';
import { Network, type Weight } from '../network/network.js';
import { GradientAccumulator } from '../optimizers/accumulator.js';
import { makeOptimizer } from '../optimizers/create.js';
import type { Optimizer } from '../optimizers/ruleOptimizer.js';
import type { NamedVariable } from '../optimizers/weights.js';
import { metricsOf, trainedOutputs, type TrainedOutput } from './outputs.js';
import { StepForms } from './stepForms.js';

/** Roles that settings know normalization's weights by. */
const roleOf = ({ spec }: Weight): string => (spec.role === 'scale' ? 'normalization' : spec.role);

/** What a constraint makes of a weight. */
function constrained(gs: Engine, weights: ReadonlyMap<Variable, Weight>, variable: Variable): Tensor | null {
  const constraint = weights.get(variable)?.spec.constraint;
  return constraint ? constrain(gs, constraint, variable) : null;
}

/** The segments that the settings ask for, or that the estimate makes necessary. */
function segmentsFor(graph: ModelGraph, settings: TrainingSettings, optimizer: Optimizer): Segment[] {
  const { recompute, memoryLimit, batchSize, precision } = settings;
  if (recompute !== 'auto') return segmentsOf(graph, recompute);
  const trained = graph.layers.flatMap(({ weights }) => weights.filter(({ trainable }) => trainable));
  const values = trained.reduce(
    (sum, { shape }) => sum + shape.reduce((size, length) => size * length, 1),
    0,
  );
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

  constructor(
    readonly gs: Engine,
    readonly graph: ModelGraph,
    readonly settings: TrainingSettings,
  ) {
    this.network = new Network(gs, graph, settings.seed);
    this.outputs = trainedOutputs(gs, this.network, settings);
    const trained = this.network.trainable;
    const weights = trained.map((weight) => ({
      name: weight.name,
      variable: weight.variable,
      role: roleOf(weight),
    }));
    const byVariable = new Map(trained.map((weight) => [weight.variable, weight]));
    this.optimizer = makeOptimizer(gs, settings.optimizer, weights, {
      constrain: ({ variable }) => constrained(gs, byVariable, variable),
    });
    this.accumulator = settings.accumulate > 1 ? new GradientAccumulator(gs, weights) : null;
    this.lossScale = settings.precision === 'float16' ? gs.lossScale() : null;
    this.metrics = metricsOf(this.network, this.outputs);
    const final = this.outputs.flatMap(({ without }) => (without ? [without] : []));
    const { network, outputs, optimizer, accumulator, lossScale, metrics } = this;
    this.segments = segmentsFor(graph, settings, this.optimizer);
    const forward = { withoutActivation: new Set(final), segments: this.segments };
    const parts = { network, outputs, optimizer, accumulator, lossScale, metrics, forward };
    this.steps = new StepForms({ ...parts, gs, settings });
  }

  /** The variables beside the weights that a checkpoint keeps, in a fixed order. */
  get stateVariables(): NamedVariable[] {
    const { optimizer, accumulator, lossScale } = this;
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
    return [...slots, ...sums, ...scale];
  }

  dispose(): void {
    this.steps.dispose();
    this.optimizer.dispose();
    this.accumulator?.dispose();
    this.lossScale?.dispose();
    for (const { classWeights } of this.outputs) classWeights?.dispose();
    this.network.dispose();
  }
}
