// Captures a step of tfjs code (forward, backward, update) as one function, and calls it.

import type { Tensor, Variable } from '@tensorflow/tfjs';
import type { CapturedFunction } from '../backend/binding.js';
import type { Runtime } from '../backend/runtime.js';
import { EngineError } from '../errors.js';
import type { CallOptions } from '../native/eager.js';

export interface CaptureOptions {
  /** Examples of the inputs; only shapes and types count. */
  readonly inputs: readonly Tensor[];
  /** Variables that the step reads or assigns; everything else that it touches becomes a constant. */
  readonly variables: readonly Variable[];
}

interface Shape {
  readonly shape: number[];
  readonly dtype: number;
}

interface Captured {
  readonly fn: CapturedFunction;
  readonly outputs: readonly Shape[];
  /** Positions of the variables that the step assigns; their new values are the last outputs. */
  readonly changed: readonly number[];
}

/** A captured step, ready to be called. */
export class CapturedStep {
  #busy = false;

  constructor(
    private readonly runtime: Runtime,
    private readonly captured: Captured,
    private readonly variables: readonly Variable[],
    private readonly options: CallOptions,
  ) {}

  /** Number of nodes of the captured graph. */
  get nodes(): number {
    return this.captured.fn.nodes;
  }

  /** Runs the step: updates the variables, returns its outputs. Blocks the event loop. */
  run(...inputs: Tensor[]): Tensor[] {
    this.#refuseWhenBusy();
    return this.#accept(this.runtime.binding.call(this.captured.fn, this.#inputIds(inputs), this.options));
  }

  /** The same without blocking; the variables change when the promise resolves. Throws STEP_BUSY while one runs. */
  async runAsync(...inputs: Tensor[]): Promise<Tensor[]> {
    this.#refuseWhenBusy();
    this.#busy = true;
    try {
      return this.#accept(
        await this.runtime.binding.callAsync(this.captured.fn, this.#inputIds(inputs), this.options),
      );
    } finally {
      this.#busy = false;
    }
  }

  /** Gives the function back; the step cannot be run any more. */
  dispose(): void {
    this.runtime.binding.deleteFunction(this.captured.fn);
  }

  #refuseWhenBusy(): void {
    if (this.#busy) throw new EngineError('STEP_BUSY', 'the step is still running: wait for its result');
  }

  #inputIds(inputs: readonly Tensor[]): number[] {
    return [...inputs, ...this.variables].map((tensor) => this.runtime.id(tensor));
  }

  /** Hands the results of a call out. */
  #accept(ids: readonly number[]): Tensor[] {
    const { outputs, changed } = this.captured;
    changed.forEach((position, index) => {
      const variable = this.variables[position];
      if (variable) replaceValue(this.runtime, variable, ids[outputs.length + index] ?? 0);
    });
    return outputs.map((info, index) =>
      this.runtime.backend.createOutputTensor({ id: ids[index] ?? 0, ...info }),
    );
  }
}

/** Captures `step(...inputs)`, which returns its outputs as a list. The variables keep their values. */
export function captureStep(
  runtime: Runtime,
  step: (...inputs: Tensor[]) => Tensor[],
  { inputs, variables }: CaptureOptions,
  callOptions: CallOptions,
): CapturedStep {
  const { binding, tf } = runtime;
  binding.beginCapture();
  binding.closeCapture(); // Only to refuse a nested capture before anything is touched.
  for (const variable of variables) stopSharing(runtime, variable);
  const saved = variables.map((variable) => ({ id: runtime.id(variable), dataId: variable.dataId }));
  binding.beginCapture();
  const traced: Captured[] = [];
  try {
    tf.tidy(() => {
      traced.push(trace(runtime, step, inputs, variables));
    });
  } catch (error) {
    dropFailedTape(runtime);
    throw error;
  } finally {
    binding.closeCapture();
    variables.forEach((variable, index) => {
      const before = saved[index];
      if (!before) return;
      if (variable.dataId === before.dataId) runtime.record(variable).id = before.id;
      else assignId(runtime, variable, before.id);
    });
  }
  const [captured] = traced;
  if (!captured) throw new EngineError('OP_FAILED', 'the step was not traced');
  return new CapturedStep(runtime, captured, variables, callOptions);
}

/** Runs the step once in capture mode. */
function trace(
  runtime: Runtime,
  step: (...inputs: Tensor[]) => Tensor[],
  inputs: readonly Tensor[],
  variables: readonly Variable[],
): Captured {
  const { binding, backend } = runtime;
  const placeholders = inputs.map(({ dtype, shape }) => {
    const number = backend.getDTypeInteger(dtype);
    return backend.createOutputTensor({ id: binding.parameter(number, shape), shape, dtype: number });
  });
  const parameterIds = variables.map((variable) => {
    const record = runtime.record(variable);
    record.id = binding.parameter(record.dtype, record.shape);
    return record.id;
  });
  const results = step(...placeholders);
  const outputIds = results.map((output) => runtime.id(output));
  const newIds = variables.map((variable) => runtime.id(variable));
  const changed = variables.flatMap((_, index) => (newIds[index] === parameterIds[index] ? [] : [index]));
  const outputs = results.map((output) => ({ shape: output.shape, dtype: runtime.record(output).dtype }));
  const fn = binding.endCapture([...outputIds, ...changed.map((index) => newIds[index] ?? 0)]);
  return { fn, changed, outputs };
}

/** Disposes what tfjs saved for a backward pass that failed; tfjs leaves it behind. */
function dropFailedTape({ tf }: Runtime): void {
  const { state } = tf.engine();
  if (state.gradientDepth > 0 || !(state.activeTape as typeof state.activeTape | null)) return;
  for (const node of state.activeTape) {
    const saved: unknown = Reflect.get(node, 'saved');
    if (Array.isArray(saved)) for (const tensor of saved) tf.dispose(tensor as Tensor);
  }
  Reflect.set(state, 'activeTape', null);
}

/** Gives a variable a record of its own: clones and the initial value share one, and steps replace its content. */
function stopSharing(runtime: Runtime, variable: Variable): void {
  if (runtime.record(variable).refCount <= 1) return;
  const copy = runtime.run('Identity', [runtime.typeAttribute('T', variable.dtype)], [variable]);
  variable.assign(copy);
  copy.dispose();
}

/** Assigns the tensor behind an id to a variable. */
function assignId({ backend }: Runtime, variable: Variable, id: number): void {
  const dtype = backend.getDTypeInteger(variable.dtype);
  const tensor = backend.createOutputTensor({ id, shape: variable.shape, dtype });
  variable.assign(tensor);
  tensor.dispose();
}

/** Makes an id the value of a variable, without changing tensors that share the old one. */
function replaceValue(runtime: Runtime, variable: Variable, id: number): void {
  const record = runtime.record(variable);
  if (record.refCount > 1) {
    assignId(runtime, variable, id);
    return;
  }
  runtime.binding.deleteTensor(record.id);
  record.id = id;
}
