// The eager C API: tensor handles, and ops that run now.

import { setAttribute, type Attribute } from './attributes.js';
import type { Pointer } from './capi.js';
import { newHostTensor, readHostTensor, type HostValues } from './hostTensor.js';
import { Status, type Native } from './native.js';

/** A tensor that TensorFlow holds. */
export interface EagerTensor {
  readonly handle: Pointer;
  readonly shape: readonly number[];
  readonly dtype: number;
}

/** What a call of a captured function may be told. */
export interface CallOptions {
  /** Compile the function with XLA. */
  readonly xla?: boolean;
  /** An encoded ConfigProto. Grappler sees its rewrite options only when they are on the call itself. */
  readonly config?: Uint8Array | null;
}

/** One eager context; never deleted, for it lives as long as the process. */
export class EagerContext {
  readonly #context: Pointer;

  constructor(
    private readonly native: Native,
    config: Uint8Array | null,
  ) {
    const { api, status } = native;
    const options = api.TFE_NewContextOptions();
    try {
      if (config) api.TFE_ContextOptionsSetConfig(options, config, config.length, status.pointer);
      status.check('configuration');
      this.#context = api.TFE_NewContext(options, status.pointer);
      status.check('context');
    } finally {
      api.TFE_DeleteContextOptions(options);
    }
  }

  /** Uploads host values. */
  upload(shape: readonly number[], dtype: number, values: HostValues): EagerTensor {
    const { api, status } = this.native;
    const tensor = newHostTensor(this.native, shape, dtype, values);
    try {
      const handle = api.TFE_NewTensorHandle(tensor, status.pointer);
      status.check('upload');
      return { handle, shape, dtype };
    } finally {
      api.TF_DeleteTensor(tensor);
    }
  }

  /** Runs `use` on the host's copy of a tensor, and frees the copy. */
  withHostCopy<T>({ handle }: EagerTensor, use: (tensor: Pointer) => T): T {
    const { api, status } = this.native;
    const tensor = api.TFE_TensorHandleResolve(handle, status.pointer);
    status.check('reading values');
    try {
      return use(tensor);
    } finally {
      api.TF_DeleteTensor(tensor);
    }
  }

  /** The values of a tensor. */
  download(tensor: EagerTensor): HostValues {
    return this.withHostCopy(tensor, (copy) => readHostTensor(this.native, copy));
  }

  free({ handle }: EagerTensor): void {
    this.native.api.TFE_DeleteTensorHandle(handle);
  }

  /** Runs one op. */
  execute(
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly EagerTensor[],
    outputCount: number,
  ): EagerTensor[] {
    const op = this.#newOp(name, inputs, this.native.status);
    try {
      for (const attribute of attributes) setAttribute(this.native, 'TFE_OpSetAttr', op, attribute);
      return this.#run(op, name, outputCount);
    } finally {
      this.native.api.TFE_DeleteOp(op);
    }
  }

  /** Makes a function callable; frees its description. */
  addFunction(fn: Pointer, name: string): void {
    const { api, status } = this.native;
    api.TFE_ContextAddFunction(this.#context, fn, status.pointer);
    api.TF_DeleteFunction(fn);
    status.check(name);
  }

  removeFunction(name: string): void {
    const { api, status } = this.native;
    api.TFE_ContextRemoveFunction(this.#context, name, status.pointer);
    status.check(name);
  }

  /** Calls a function. Blocks. */
  call(
    name: string,
    inputs: readonly EagerTensor[],
    outputCount: number,
    options: CallOptions,
  ): EagerTensor[] {
    const op = this.#newCall(name, inputs, options, this.native.status);
    try {
      return this.#run(op, name, outputCount);
    } finally {
      this.native.api.TFE_DeleteOp(op);
    }
  }

  /** Calls a function on a thread of its own; the event loop lives on. */
  async callAsync(
    name: string,
    inputs: readonly EagerTensor[],
    outputCount: number,
    options: CallOptions,
  ): Promise<EagerTensor[]> {
    const { api } = this.native;
    const status = new Status(api);
    let op: Pointer | null = null;
    try {
      const call = this.#newCall(name, inputs, options, status);
      op = call;
      const outputs = new BigUint64Array(outputCount);
      const count = [outputCount];
      await new Promise<void>((resolve, reject) => {
        api.TFE_Execute.async(call, outputs, count, status.pointer, (error) => {
          if (error) reject(error);
          else resolve();
        });
      });
      status.check(name);
      return Array.from(outputs.subarray(0, count[0]), (handle) => this.#describe(handle));
    } finally {
      if (op !== null) api.TFE_DeleteOp(op);
      status.delete();
    }
  }

  #newCall(
    name: string,
    inputs: readonly EagerTensor[],
    { xla, config }: CallOptions,
    status: Status,
  ): Pointer {
    const { api } = this.native;
    const op = this.#newOp(name, inputs, status);
    if (xla) api.TFE_OpSetAttrBool(op, '_XlaMustCompile', 1);
    if (config) api.TFE_OpSetAttrString(op, 'config_proto', config, config.length);
    return op;
  }

  #newOp(name: string, inputs: readonly EagerTensor[], status: Status): Pointer {
    const { api } = this.native;
    const op = api.TFE_NewOp(this.#context, name, status.pointer);
    status.check(name);
    try {
      for (const { handle } of inputs) {
        api.TFE_OpAddInput(op, handle, status.pointer);
        status.check(name);
      }
      return op;
    } catch (error) {
      api.TFE_DeleteOp(op);
      throw error;
    }
  }

  #run(op: Pointer, name: string, outputCount: number): EagerTensor[] {
    const { api, status } = this.native;
    const outputs = new BigUint64Array(outputCount);
    const count = [outputCount];
    api.TFE_Execute(op, outputs, count, status.pointer);
    status.check(name);
    return Array.from(outputs.subarray(0, count[0]), (handle) => this.#describe(handle));
  }

  #describe(handle: Pointer): EagerTensor {
    const { api, status } = this.native;
    const rank = api.TFE_TensorHandleNumDims(handle, status.pointer);
    const shape = Array.from({ length: Math.max(0, rank) }, (_, axis) =>
      Number(api.TFE_TensorHandleDim(handle, axis, status.pointer)),
    );
    return { handle, shape, dtype: api.TFE_TensorHandleDataType(handle) };
  }
}
