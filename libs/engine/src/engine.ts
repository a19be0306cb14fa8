// The engine as its users see it: tfjs on TensorFlow, and captured steps.

import type { GradConfig, Tensor, Tensor1D, Variable } from '@tensorflow/tfjs';
import { replaceGradients } from './backend/gradients/index.js';
import type { Runtime } from './backend/runtime.js';
import type { Tf } from './backend/tfjs.js';
import { withOwnTape } from './backend/tape.js';
import { adoptVariable } from './backend/variables.js';
import { condition, type Branch } from './capture/condition.js';
import { CapturedStep } from './capture/step.js';
import type { Step } from './capture/trace.js';
import type { ClusterOptions } from './collective/cluster.js';
import { Collective } from './collective/collective.js';
import { EngineError } from './errors.js';
import { EXECUTORS, type Executor } from './executor/executor.js';
import { measure, type Measurement, type MeasureOptions } from './measure/measure.js';
import { profile, type ProfileOptions, type StepProfile } from './measure/profile.js';
import type { HandleKind } from './native/handles.js';
import { createOps, type Ops } from './ops/index.js';
import { RandomOps } from './ops/random.js';
import { UpdateOps } from './ops/updates.js';
import { encodeConfig, PRECISIONS, type Precision } from './precision/config.js';
import { LossScale, type LossScaleOptions } from './precision/lossScale.js';
import { recomputeReceipt, type RecomputeReceipt } from './recompute/receipt.js';
import { Recompute, type Block } from './recompute/recompute.js';
import { describe, type RuntimeDescription } from './runtime/describe.js';
import type { StatisticsLevel } from './statistics/layout.js';
import { Statistics, type StatisticsGroup } from './statistics/statistics.js';

export interface StepOptions {
  /**
   * What the step computes in; variables are float32 in any case. `float64` is for checks: inputs and variables are
   * converted, outputs are rounded to float32, so differences have to be formed inside of the step. Random numbers are
   * those of float32. An assignment, or an op that TensorFlow has no float64 kernel of, is NOT_SUPPORTED.
   */
  readonly precision?: Precision;
  /**
   * How the step runs. `auto` times the captured form with XLA and without it at the first run, without changing any
   * variable, and stays with the faster one; results of the two differ by rounding, so a run that has to be repeated
   * exactly is given the executor that the receipt names. `captured` by default; in a cluster `auto` means it, too.
   */
  readonly executor?: Executor | 'auto';
  /**
   * Steps of one call, 1 by default. Inputs then have a leading dimension of that length, one slice a step, and outputs
   * are stacked the same way. Saves the cost of a call where the step is short.
   */
  readonly stepsPerCall?: number;
}

/** Plain scripts have no types: an unknown word would choose something silently. */
function checkChoice(option: string, given: string, known: readonly string[]): void {
  if (known.includes(given)) return;
  const message = `${option} is ${given}: choose one of ${known.join(', ')}`;
  throw new EngineError('INVALID_ARGUMENT', message);
}

/** A started engine. */
export class Engine {
  /** tfjs's own gradients in the place of which ours are. */
  readonly replacedGradients: readonly GradConfig[];
  readonly ops: Ops;
  readonly random: RandomOps;
  readonly updates: UpdateOps;
  readonly #collective: Collective | null;
  readonly #recompute: Recompute;

  constructor(
    /** For the engine's own parts. */
    readonly runtime: Runtime,
    private readonly threads: { intraOpThreads: number; interOpThreads: number },
    cluster: ClusterOptions | null = null,
  ) {
    this.#collective = cluster && new Collective(runtime, cluster);
    this.replacedGradients = replaceGradients(runtime);
    this.ops = createOps(runtime);
    this.random = new RandomOps(runtime);
    this.updates = new UpdateOps(runtime);
    this.#recompute = new Recompute(runtime);
  }

  /** tfjs, with TensorFlow as its backend. */
  get tf(): Tf {
    return this.runtime.tf;
  }

  /** TensorFlow's version. */
  get version(): string {
    return this.runtime.binding.TF_Version;
  }

  /** What all workers do together. Throws NO_CLUSTER when the engine was started without `collective`. */
  get collective(): Collective {
    if (this.#collective) return this.#collective;
    const message = 'the engine is part of no cluster: start it with `collective: { addresses, taskIndex }`';
    throw new EngineError('NO_CLUSTER', message);
  }

  /** What the engine found: TensorFlow, devices, what this processor can do. */
  describe(): RuntimeDescription {
    const { native, context } = this.runtime.parts;
    return describe(native, context.devices(), this.threads);
  }

  /** Tensors that TensorFlow holds for us; for leak checks. */
  liveTensors(): number {
    return this.runtime.binding.getNumOfTensors();
  }

  /** Handles of TensorFlow's C API that are in use, by kind; for leak checks. */
  handles(): Partial<Record<HandleKind, number>> {
    return this.runtime.parts.native.handles.snapshot();
  }

  /** A variable that TensorFlow updates in place, with a copy of a tensor's value. */
  variable(initial: Tensor, trainable = true, name?: string): Variable {
    const variable = this.tf.variable(initial, trainable, name);
    adoptVariable(this.runtime, variable);
    return variable;
  }

  /** Runs `body`; for gradients its result is a constant, whatever it was computed from. */
  withoutGradients<T>(body: () => T): T {
    return withOwnTape(this.runtime, body);
  }

  /** Runs `body` under a name, such as a layer's, which errors and the nodes of a captured graph carry. */
  scope<T>(name: string, body: () => T): T {
    const { binding } = this.runtime;
    const outer = binding.scope;
    binding.scope = outer === '' ? name : `${outer}/${name}`;
    try {
      return body();
    } finally {
      binding.scope = outer;
    }
  }

  /**
   * The outputs of `then` when the predicate (bool scalar) holds, else those of `otherwise`: decided when the step runs.
   * Both return as many tensors, of the same shapes and types; what the other one assigns is not assigned.
   */
  condition(predicate: Tensor, then: Branch, otherwise: Branch): Tensor[] {
    return condition(this.runtime, predicate, [then, otherwise]);
  }

  /**
   * Captures a step of tfjs code: forward, backward, update. It is traced once for each combination of input shapes (32 are
   * kept, the least recently used goes), and each run is one call of TensorFlow. It may read and assign any tf.Variable; other tensors from outside become
   * constants, and large ones are refused. Throws INVALID_ARGUMENT for options that make no sense.
   */
  capture(
    step: Step,
    { precision = 'float32', executor = 'captured', stepsPerCall = 1 }: StepOptions = {},
  ): CapturedStep {
    checkChoice('precision', precision, PRECISIONS);
    checkChoice('executor', executor, [...EXECUTORS, 'auto']);
    if (!(Number.isInteger(stepsPerCall) && stepsPerCall > 0)) {
      const message = `stepsPerCall is ${stepsPerCall}: give a whole number from 1`;
      throw new EngineError('INVALID_ARGUMENT', message);
    }
    const config = encodeConfig({ ...this.threads, precision });
    if (precision === 'float64' && (executor === 'eager' || executor === 'xla')) {
      const message = `a step in float64 is captured, it cannot be run by the executor ${executor}: leave the executor out`;
      throw new EngineError('INVALID_ARGUMENT', message);
    }
    // Grappler's rewrite for half precision does not reach what XLA compiles.
    const xlaAllowed = precision === 'float32';
    // Workers that time executors make different numbers of calls, and would wait for each other for ever.
    const chosen = this.#collective && executor === 'auto' ? 'captured' : executor;
    const settings = { executor: chosen, stepsPerCall, config, precision, xlaAllowed };
    return new CapturedStep(this.runtime, step, settings);
  }

  /**
   * Runs a block of a network without keeping its intermediate results for the backward pass, which runs it again:
   * memory for time. Gradients flow to the inputs and to the trainable variables that the block uses; a tensor that was
   * computed outside has to be an input (INVALID_ARGUMENT). The block must compute the same each time: random numbers
   * from a seed, and no outputs that depend on variables which it changes itself. Outputs are float32. Results
   * are the same bytes. XLA merges the second run with the first, so that under `xla` nothing is saved.
   */
  recompute<T extends Tensor | Tensor[]>(block: Block<T>, ...inputs: Tensor[]): T {
    return this.#recompute.run(block, inputs);
  }

  /** Measures a step that uses `recompute` with and without it, on copies of its variables, which stay as they are. */
  recomputeReceipt(
    step: Step,
    inputs: readonly Tensor[],
    { calls, ...options }: StepOptions & MeasureOptions = {},
  ): RecomputeReceipt {
    return recomputeReceipt(
      this.#recompute,
      inputs,
      () => this.capture(step, options),
      (captured) => this.measure(captured, inputs, calls === undefined ? {} : { calls }),
    );
  }

  /**
   * Statistics of the gradients of groups, such as layers, as one float32 vector, an output of the step that
   * `unpackStatistics` reads. By default the norms.
   */
  statistics(
    groups: readonly StatisticsGroup[],
    { level = 'norms' }: { level?: StatisticsLevel } = {},
  ): Tensor1D {
    return new Statistics(this.runtime).pack(groups, level);
  }

  /** The L2 norm of each list of float32 tensors, all elements of a list together, [lists]; 0 for an empty list. */
  norms(lists: readonly (readonly Tensor[])[]): Tensor1D {
    return this.tf.tidy(() => new Statistics(this.runtime).norms(lists));
  }

  /** What `apply` adds to variables, for the update ratio of statistics. Keeps a copy of the variables meanwhile. */
  updatesOf(variables: readonly Variable[], apply: () => void): Tensor[] {
    return new Statistics(this.runtime).updatesOf(variables, apply);
  }

  /** A dynamic loss scale for float16; its variables live until it is disposed. Throws INVALID_ARGUMENT. */
  lossScale(options?: LossScaleOptions): LossScale {
    return new LossScale(this.runtime, options);
  }

  /** Time and peak memory of a captured step, on copies of its variables, which stay as they are. */
  measure(step: CapturedStep, inputs: readonly Tensor[], options?: MeasureOptions): Measurement {
    return measure(this.runtime, step, inputs, options);
  }

  /** Which ops of a captured step take the time, on copies of its variables, which stay as they are. */
  profile(step: CapturedStep, inputs: readonly Tensor[], options?: ProfileOptions): StepProfile {
    return profile(this.runtime, step, inputs, options);
  }
}
