// A captured step, ready to be called: traced once for each combination of input shapes and types.

import type { Tensor } from '@tensorflow/tfjs';
import type { Runtime } from '../backend/runtime.js';
import { EngineError } from '../errors.js';
import type { CallOptions, FunctionCall, OutputSpec } from '../native/functions.js';
import type { CapturedFunction } from './capture.js';
import { trace, type Step } from './trace.js';

/** What a trace became. */
export interface TraceReceipt {
  /** Shapes of the inputs that it is for. */
  readonly inputShapes: readonly (readonly number[])[];
  /** Nodes of the captured graph, branches not counted. */
  readonly nodes: number;
  readonly traceMs: number;
}

interface Trace {
  readonly inputs: readonly OutputSpec[];
  readonly fn: CapturedFunction;
  readonly receipt: TraceReceipt;
}

export class CapturedStep {
  #traces: Trace[] = [];
  #busy = false;
  #disposed = false;

  constructor(
    private readonly runtime: Runtime,
    private readonly step: Step,
    private readonly options: CallOptions,
  ) {}

  /** One for each combination of input shapes so far. */
  get receipts(): TraceReceipt[] {
    return this.#traces.map(({ receipt }) => receipt);
  }

  /** Traces for inputs like these ahead of the first run; only shapes and types count. */
  trace(...inputs: Tensor[]): TraceReceipt {
    return this.#traceFor(inputs).receipt;
  }

  /** Runs the step: updates the variables, returns its outputs. Blocks the event loop. */
  run(...inputs: Tensor[]): Tensor[] {
    const call = this.#begin(inputs);
    return this.#accept(this.runtime.parts.functions.call(call));
  }

  /**
   * The same without blocking. Throws STEP_BUSY while one runs. When the signal aborts, the promise rejects with
   * CANCELLED if the step has not begun, waits for other processes, or has steps of its own left to do; TensorFlow does
   * not stop in the middle of a plain step, and then its outputs are returned.
   */
  async runAsync(inputs: readonly Tensor[], { signal }: { signal?: AbortSignal } = {}): Promise<Tensor[]> {
    const call = this.#begin(inputs);
    this.#busy = true;
    try {
      return this.#accept(await this.runtime.parts.functions.callAsync(call, signal));
    } finally {
      this.#busy = false;
    }
  }

  /** Gives the functions back; the step cannot be run any more. Throws STEP_BUSY while it runs. */
  dispose(): void {
    if (this.#busy) throw busy();
    this.#disposed = true;
    const { functions } = this.runtime.parts;
    for (const { fn } of this.#traces.splice(0)) for (const name of fn.names) functions.remove(name);
  }

  #begin(inputs: readonly Tensor[]): FunctionCall {
    if (this.#busy) throw busy();
    const { binding } = this.runtime;
    if (binding.capture) {
      throw new EngineError('CAPTURE_IN_PROGRESS', 'a captured step cannot be run while another is captured');
    }
    const { fn } = this.#traceFor(inputs);
    const tensors = inputs.map((input) => binding.tensorOf(this.runtime.id(input)));
    for (const variable of fn.variables) {
      if (variable.users > 0) continue;
      throw new EngineError(
        'TENSOR_DISPOSED',
        'a variable that the step uses was disposed: capture it again',
      );
    }
    return {
      name: fn.name,
      inputs: [...tensors, ...fn.variables.map(({ resource }) => resource)],
      outputs: fn.outputs,
      options: this.options,
    };
  }

  #traceFor(inputs: readonly Tensor[]): Trace {
    if (this.#disposed) throw new EngineError('STEP_DISPOSED', 'the step was disposed: capture it again');
    const known = this.#traces.find((trace) => fits(this.runtime, trace.inputs, inputs));
    if (known) return known;
    const began = performance.now();
    const specs = inputs.map(({ shape, dtype }) => ({
      shape: [...shape],
      dtype: this.runtime.backend.getDTypeInteger(dtype),
    }));
    const fn = trace(this.runtime, this.step, specs);
    const inputShapes = specs.map(({ shape }) => shape);
    const receipt = { inputShapes, nodes: fn.nodes, traceMs: performance.now() - began };
    const made = { inputs: specs, fn, receipt };
    this.#traces.push(made);
    return made;
  }

  #accept(results: ReturnType<Runtime['parts']['functions']['call']>): Tensor[] {
    const { backend, binding } = this.runtime;
    return results.map((result) => backend.createOutputTensor(binding.describe(result)));
  }
}

const busy = (): EngineError =>
  new EngineError('STEP_BUSY', 'the step is still running: wait for its result');

/** Whether tensors have the shapes and types that a trace was made for. */
function fits({ backend }: Runtime, specs: readonly OutputSpec[], tensors: readonly Tensor[]): boolean {
  return (
    specs.length === tensors.length &&
    specs.every(({ shape, dtype }, index) => {
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
