// The eager C API: tensor handles, ops that run now, and variables.

import { setAttribute, typeAttribute, type Attribute } from './attributes.js';
import type { Pointer } from './capi.js';
import { AttributeKind, DataType } from './dataTypes.js';
import { deleteHostTensor, newHostTensor, readHostTensor, type HostValues } from './hostTensor.js';
import type { Native, Status } from './native.js';
import { ResourceVariable, type EagerTensor } from './variable.js';

/** A device as TensorFlow lists it. */
export interface DeviceInfo {
  readonly name: string;
  /** `CPU`, `GPU`. */
  readonly type: string;
  /** What TensorFlow may take of its memory; 256 MiB of a CPU, which is a constant and no limit. */
  readonly memoryBytes: number;
}

/** One eager context; the engine's own is never deleted, for it lives as long as the process. */
export class EagerContext {
  readonly pointer: Pointer;
  #variables = 0;

  constructor(
    private readonly native: Native,
    config: Uint8Array,
  ) {
    const { api, status } = native;
    const options = api.TFE_NewContextOptions();
    try {
      if (config.length > 0) api.TFE_ContextOptionsSetConfig(options, config, config.length, status.pointer);
      status.check('configuration');
      this.pointer = api.TFE_NewContext(options, status.pointer);
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
      const uploaded = { handle, shape, dtype };
      return dtype === DataType.TF_STRING ? this.#copyStrings(uploaded) : uploaded;
    } finally {
      deleteHostTensor(this.native, tensor);
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

  /** The devices of this process. */
  devices(): DeviceInfo[] {
    const { api, status } = this.native;
    const list = api.TFE_ContextListDevices(this.pointer, status.pointer);
    status.check('list of devices');
    try {
      return Array.from({ length: api.TF_DeviceListCount(list) }, (_, index) => ({
        name: api.TF_DeviceListName(list, index, status.pointer),
        type: api.TF_DeviceListType(list, index, status.pointer),
        memoryBytes: Number(api.TF_DeviceListMemoryBytes(list, index, status.pointer)),
      }));
    } finally {
      api.TF_DeleteDeviceList(list);
    }
  }

  /** Name of the device whose memory holds a tensor. */
  deviceOf({ handle }: EagerTensor): string {
    const { api, status } = this.native;
    const name = api.TFE_TensorHandleBackingDeviceName(handle, status.pointer);
    status.check('device of a tensor');
    return name;
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
    layer = '',
  ): EagerTensor[] {
    const { api, status } = this.native;
    const op = this.newOp(name, inputs, status);
    try {
      for (const attribute of attributes) setAttribute(this.native, 'TFE_OpSetAttr', op, attribute);
      const outputs = new BigUint64Array(outputCount);
      const count = [outputCount];
      api.TFE_Execute(op, outputs, count, status.pointer);
      status.check(name, layer);
      this.native.handles.add('tensor', count[0] ?? 0);
      return Array.from(outputs.subarray(0, count[0]), (handle) => this.#describe(handle));
    } finally {
      api.TFE_DeleteOp(op);
    }
  }

  /** An op with its inputs; the caller deletes it. */
  newOp(name: string, inputs: readonly EagerTensor[], status: Status): Pointer {
    const { api } = this.native;
    const op = api.TFE_NewOp(this.pointer, name, status.pointer);
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

  /** Makes a variable with a copy of a tensor's value; the name is for messages. */
  newVariable(initial: EagerTensor, name: string): ResourceVariable {
    const { shape, dtype } = initial;
    const type = typeAttribute('dtype', dtype);
    const attributes = [
      type,
      { name: 'shape', type: AttributeKind.TF_ATTR_SHAPE, value: shape },
      { name: 'shared_name', type: AttributeKind.TF_ATTR_STRING, value: `variable_${this.#variables++}` },
    ];
    const [resource] = this.execute('VarHandleOp', attributes, [], 1);
    if (!resource) throw new Error('VarHandleOp has one output');
    try {
      this.execute('AssignVariableOp', [type], [resource, initial], 0);
      return new ResourceVariable(resource, shape, dtype, name);
    } catch (error) {
      this.free(resource);
      throw error;
    }
  }

  /**
   * The present value; while it is held, an update of the variable copies instead of working in place. Does not ask whether
   * a step in flight writes it.
   */
  readVariable({ resource, dtype }: ResourceVariable): EagerTensor {
    const type = typeAttribute('dtype', dtype);
    const [value] = this.execute('ReadVariableOp', [type], [resource], 1);
    if (!value) throw new Error('ReadVariableOp has one output');
    return value;
  }

  /** Frees a variable and its memory. */
  destroyVariable({ resource }: ResourceVariable): void {
    try {
      this.execute('DestroyResourceOp', [], [resource], 0);
    } finally {
      this.free(resource);
    }
  }

  /** A copy of strings that TensorFlow frees as a whole, in the place of one that shares memory with our tensor. */
  #copyStrings(shared: EagerTensor): EagerTensor {
    try {
      const type = typeAttribute('T', DataType.TF_STRING);
      const [copy] = this.execute('DeepCopy', [type], [shared], 1);
      if (!copy) throw new Error('DeepCopy has one output');
      return copy;
    } finally {
      this.free(shared);
    }
  }

  /** Ends the context; only for one that holds nothing. */
  delete(): void {
    this.native.api.TFE_DeleteContext(this.pointer);
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
