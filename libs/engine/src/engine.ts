// The engine as its users see it: tfjs on TensorFlow, and captured steps.

import type { GradConfig, Tensor, Variable } from '@tensorflow/tfjs';
import { replaceGradients } from './backend/gradients/index.js';
import type { Runtime } from './backend/runtime.js';
import type { Tf } from './backend/tfjs.js';
import { adoptVariable } from './backend/variables.js';
import { condition, type Branch } from './capture/condition.js';
import { CapturedStep } from './capture/step.js';
import type { Step } from './capture/trace.js';
import type { ClusterOptions } from './collective/cluster.js';
import { Collective } from './collective/collective.js';
import { EngineError } from './errors.js';
import type { Executor } from './executor/choice.js';
import type { HandleKind } from './native/handles.js';
import { createOps, type Ops } from './ops/index.js';
import { RandomOps } from './ops/random.js';
import { UpdateOps } from './ops/updates.js';
import { encodeConfig, type Precision } from './precision/config.js';
import { describe, type RuntimeDescription } from './runtime/describe.js';

export interface StepOptions {
  /** What the step computes in; variables are float32 in any case. */
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

/** A started engine. */
export class Engine {
  /** tfjs's own gradients in the place of which ours are. */
  readonly replacedGradients: readonly GradConfig[];
  readonly ops: Ops;
  readonly random: RandomOps;
  readonly updates: UpdateOps;
  readonly #collective: Collective | null;

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
   * Captures a step of tfjs code: forward, backward, update. It is traced once for each combination of input shapes,
   * and each run is one call of TensorFlow. It may read and assign any tf.Variable; other tensors from outside become
   * constants, and large ones are refused.
   */
  capture(
    step: Step,
    { precision = 'float32', executor = 'captured', stepsPerCall = 1 }: StepOptions = {},
  ): CapturedStep {
    const config = encodeConfig({ ...this.threads, precision, gpu: this.runtime.binding.isUsingGpuDevice() });
    // Grappler's rewrite for half precision does not reach what XLA compiles.
    const xlaAllowed = precision === 'float32';
    // Workers that time executors make different numbers of calls, and would wait for each other for ever.
    const chosen = this.#collective && executor === 'auto' ? 'captured' : executor;
    return new CapturedStep(this.runtime, step, { executor: chosen, stepsPerCall, config, xlaAllowed });
  }
}
