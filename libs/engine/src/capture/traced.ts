// What a step became for one combination of input shapes and types.

import type { Tensor } from '@tensorflow/tfjs';
import type { Runtime } from '../backend/runtime.js';
import type { Choice } from '../executor/choice.js';
import type { Executor, Form } from '../executor/executor.js';
import type { OutputSpec } from '../native/functions.js';
import type { PrecisionReceipt } from '../precision/receipt.js';
import type { CapturedFunction } from './capture.js';
import { trace, type Step } from './trace.js';

/** What a trace became. */
export interface TraceReceipt {
  /** Shapes of the inputs that it is for. */
  readonly inputShapes: readonly (readonly number[])[];
  /** Nodes of the captured graph, those of branches and loops not counted. */
  readonly nodes: number;
  /** Of all forms that were traced, in ms. */
  readonly traceMs: number;
  /** How it runs; null before the first run of a step that chooses for itself. */
  readonly executor: Executor | null;
  /** What the choice was made from; null when the executor was given. */
  readonly choice: Choice | null;
  /** Why it runs otherwise than it was told; null when it does not. */
  readonly fallback: string | null;
  /** What became of half precision; null for other ones, and before the first run. */
  readonly precision: PrecisionReceipt | null;
}

export class Traced {
  readonly #forms = new Map<Form, CapturedFunction>();
  #traceMs = 0;
  /** Number of the step's use in which it was last used. */
  lastUse = 0;
  choice: Choice | null = null;
  fallback: string | null = null;
  precision: PrecisionReceipt | null = null;

  constructor(
    private readonly runtime: Runtime,
    private readonly step: Step,
    private readonly inputs: readonly OutputSpec[],
    private readonly isFloat64: boolean,
    /** Null until it is chosen. */
    public executor: Form | null,
  ) {}

  /** The function of a form, traced when it is first asked for. */
  form(form: Form): CapturedFunction {
    const known = this.#forms.get(form);
    if (known) return known;
    const began = performance.now();
    const made = trace(this.runtime, this.step, this.inputs, { form, isFloat64: this.isFloat64 });
    this.#traceMs += performance.now() - began;
    this.#forms.set(form, made);
    return made;
  }

  /** The function that runs; of a step that has not chosen, the plain form. */
  get fn(): CapturedFunction {
    return this.form(this.executor ?? 'captured');
  }

  get receipt(): TraceReceipt {
    const { choice, executor, fallback, precision } = this;
    const inputShapes = this.inputs.map(({ shape }) => shape);
    return {
      inputShapes,
      nodes: this.fn.nodes,
      traceMs: this.#traceMs,
      executor,
      choice,
      fallback,
      precision,
    };
  }

  /** Whether it is for tensors of these shapes and types. */
  fits({ backend }: Runtime, tensors: readonly Tensor[]): boolean {
    const { inputs } = this;
    return (
      inputs.length === tensors.length &&
      inputs.every(({ shape, dtype }, index) => {
        const tensor = tensors[index];
        return (
          tensor !== undefined &&
          backend.getDTypeInteger(tensor.dtype) === dtype &&
          tensor.shape.length === shape.length &&
          shape.every((size, axis) => size === tensor.shape[axis])
        );
      })
    );
  }

  /** Gives the functions back. */
  dispose(): void {
    const { functions } = this.runtime.parts;
    for (const fn of this.#forms.values()) for (const name of fn.names) functions.remove(name);
    this.#forms.clear();
  }
}
