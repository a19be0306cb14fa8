// Calls of functions: what a captured step becomes.

import { EngineError } from '../errors.js';
import type { Pointer } from './capi.js';
import type { EagerContext } from './eager.js';
import { GraphCollection, type GraphListener } from './graphs.js';
import { Status, type Native } from './native.js';
import type { EagerTensor } from './variable.js';

/** What a call may be told. */
export interface CallOptions {
  /** Compile the function with XLA. */
  readonly xla: boolean;
  /** An encoded ConfigProto. Grappler sees its rewrite options only when they are on the call itself. */
  readonly config: Uint8Array;
  /** Told of the graphs that TensorFlow made for this call. Only the first call of a function makes any. */
  readonly onGraphs?: GraphListener | undefined;
}

/** The type and shape of an output; known since the capture, so that no call has to ask. */
export interface OutputSpec {
  readonly shape: readonly number[];
  readonly dtype: number;
}

export interface FunctionCall {
  readonly name: string;
  readonly inputs: readonly EagerTensor[];
  readonly outputs: readonly OutputSpec[];
  readonly options: CallOptions;
}

/** Throws CANCELLED. */
export function refuseAborted(signal?: AbortSignal): void {
  if (signal?.aborted) throw new EngineError('CANCELLED', 'the step was cancelled before it began');
}

export class FunctionCalls {
  readonly #graphs: GraphCollection;

  constructor(
    private readonly native: Native,
    private readonly context: EagerContext,
  ) {
    this.#graphs = new GraphCollection(native, context);
  }

  /** Makes a function callable; frees its description. */
  add(fn: Pointer, name: string): void {
    const { api, status } = this.native;
    api.TFE_ContextAddFunction(this.context.pointer, fn, status.pointer);
    api.TF_DeleteFunction(fn);
    status.check(name);
  }

  remove(name: string): void {
    const { api, status } = this.native;
    api.TFE_ContextRemoveFunction(this.context.pointer, name, status.pointer);
    status.check(name);
  }

  /** Calls a function on this thread. */
  call(call: FunctionCall): EagerTensor[] {
    const { api, status } = this.native;
    const op = this.#newCall(call, status);
    const endCollection = this.#graphs.begin(call.options.onGraphs);
    try {
      const handles = new BigUint64Array(call.outputs.length);
      api.TFE_Execute(op, handles, [handles.length], status.pointer);
      status.check(call.name);
      return this.#accept(handles, call.outputs);
    } finally {
      api.TFE_DeleteOp(op);
      endCollection();
    }
  }

  /**
   * Calls a function on a thread of its own; the event loop lives on. When the signal aborts, ops that have not
   * begun do not run, and the call throws CANCELLED.
   */
  async callAsync(call: FunctionCall, signal?: AbortSignal): Promise<EagerTensor[]> {
    refuseAborted(signal);
    while (call.options.onGraphs && this.#graphs.collecting) {
      await this.#graphs.collecting; // The context collects for one call at a time.
      refuseAborted(signal);
    }
    const { api } = this.native;
    const status = new Status(api);
    const manager = signal ? api.TFE_NewCancellationManager() : null;
    const cancel = (): void => {
      if (manager !== null) api.TFE_CancellationManagerStartCancel(manager);
    };
    let op: Pointer | null = null;
    const endCollection = this.#graphs.begin(call.options.onGraphs);
    try {
      const begun = this.#newCall(call, status);
      op = begun;
      if (manager !== null) api.TFE_OpSetCancellationManager(begun, manager, status.pointer);
      status.check(call.name);
      signal?.addEventListener('abort', cancel, { once: true });
      const handles = new BigUint64Array(call.outputs.length);
      await new Promise<void>((resolve, reject) => {
        api.TFE_Execute.async(begun, handles, [handles.length], status.pointer, (error) => {
          if (error) reject(error);
          else resolve();
        });
      });
      status.check(call.name);
      return this.#accept(handles, call.outputs);
    } finally {
      signal?.removeEventListener('abort', cancel);
      if (op !== null) api.TFE_DeleteOp(op);
      if (manager !== null) api.TFE_DeleteCancellationManager(manager);
      status.delete();
      endCollection();
    }
  }

  #newCall({ name, inputs, options: { xla, config } }: FunctionCall, status: Status): Pointer {
    const { api } = this.native;
    const op = api.TFE_NewOp(this.context.pointer, name, status.pointer);
    status.check(name);
    // One call for all: a large network has hundreds of variables.
    const handles = BigUint64Array.from(inputs, ({ handle }) => handle);
    api.TFE_OpAddInputList(op, handles, handles.length, status.pointer);
    try {
      status.check(name);
    } catch (error) {
      api.TFE_DeleteOp(op);
      throw error;
    }
    if (xla) api.TFE_OpSetAttrBool(op, '_XlaMustCompile', 1);
    if (config.length > 0) api.TFE_OpSetAttrString(op, 'config_proto', config, config.length);
    return op;
  }

  #accept(handles: BigUint64Array, outputs: readonly OutputSpec[]): EagerTensor[] {
    this.native.handles.add('tensor', handles.length);
    return outputs.map((output, index) => ({ handle: handles[index] ?? 0n, ...output }));
  }
}
