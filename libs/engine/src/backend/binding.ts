// The binding that tfjs's kernels talk to. Tensors are known by integer ids. An id stands for a tensor that
// TensorFlow holds, for a variable, or, while a step is captured, for a value of the graph under construction.

import type { Capture } from '../capture/capture.js';
import { isEager, isVariable, type Value } from '../capture/values.js';
import { EngineError } from '../errors.js';
import type { Attribute } from '../native/attributes.js';
import { AttributeKind, DataType } from '../native/dataTypes.js';
import type { EagerContext } from '../native/eager.js';
import type { HostValues } from '../native/hostTensor.js';
import type { OpDefinitions } from '../native/opDefs.js';
import { onlyReads, type EagerTensor, type ResourceVariable } from '../native/variable.js';

/** What tfjs wants to know of an op's output. */
export interface OutputInfo {
  readonly id: number;
  readonly shape: readonly number[];
  readonly dtype: number;
}

export class Binding {
  readonly #values = new Map<number, Value>();
  #nextId = 1;
  /** The capture that ops go to; none outside of one. */
  capture: Capture | null = null;
  #scope = '';

  constructor(
    readonly TF_Version: string,
    private readonly context: EagerContext,
    private readonly definitions: OpDefinitions,
    private readonly onGpu: boolean,
  ) {
    Object.assign(this, DataType, AttributeKind); // tfjs reads them from here.
  }

  /** The open name scope, such as a layer's name; empty for none. */
  get scope(): string {
    return this.#scope;
  }

  set scope(name: string) {
    this.#scope = name;
    if (this.capture) this.capture.scope = name;
  }

  isUsingGpuDevice(): boolean {
    return this.onGpu;
  }

  /** Number of live ids. */
  getNumOfTensors(): number {
    return this.#values.size;
  }

  /** Uploads host values. Eager even in a capture: tfjs uploads late, so the tensor may be older and must outlive it. */
  createTensor(shape: readonly number[], dtype: number, values: HostValues): number {
    return this.store(this.context.upload(shape, dtype, values));
  }

  /** Forgets an id; a value of a graph only loses its id. */
  deleteTensor(id: number): void {
    const value = this.#values.get(id);
    this.#values.delete(id);
    if (!value) return;
    if (isEager(value)) this.context.free(value);
    else if (isVariable(value) && --value.users === 0) this.context.destroyVariable(value);
  }

  tensorDataSync(id: number): HostValues {
    const value = this.value(id);
    if (isEager(value)) return this.context.download(value);
    if (isVariable(value) && !this.capture)
      return this.#withValue(value, (read) => this.context.download(read));
    const message =
      'the values of a tensor cannot be read while a step is captured, for there are none yet: return the tensor from the step, or compute with it';
    throw new EngineError('VALUE_READ_IN_CAPTURE', message, { layer: this.scope });
  }

  /**
   * Runs an op, or adds it to the capture. Its errors say which layer it is of. Throws VARIABLE_IN_USE for a variable that a
   * step in flight uses.
   */
  executeOp(
    name: string,
    attributes: readonly Attribute[],
    inputIds: readonly number[],
    outputCount: number,
  ): OutputInfo[] {
    const inputs = inputIds.map((id) => this.value(id));
    try {
      const results: readonly Value[] = this.capture
        ? this.capture.op(name, attributes, inputs, outputCount)
        : this.#runEager(name, attributes, inputs, outputCount);
      return results.map((value) => this.describe(value));
    } catch (error) {
      throw error instanceof EngineError ? error.within(this.#scope) : error;
    }
  }

  /** Gives a value an id. */
  store(value: Value): number {
    this.#values.set(this.#nextId, value);
    return this.#nextId++;
  }

  describe(value: Value): OutputInfo {
    return { id: this.store(value), shape: value.shape, dtype: value.dtype };
  }

  /** The value of an id. Throws TENSOR_DISPOSED. */
  value(id: number): Value {
    const value = this.#values.get(id);
    if (value) return value;
    const message = 'a tensor was used after it was disposed, or outside of the capture that made it';
    throw new EngineError('TENSOR_DISPOSED', message, { layer: this.scope });
  }

  /** Whether an id stands for a variable. */
  isVariable(id: number): boolean {
    const value = this.#values.get(id);
    return value !== undefined && isVariable(value);
  }

  /** The tensor of an id, outside of captures. */
  eager(id: number): EagerTensor {
    const value = this.value(id);
    if (isEager(value)) return value;
    throw new EngineError('TENSOR_DISPOSED', 'a value of a capture was used outside of it');
  }

  /** The tensor of an id for a call; a variable cannot be an input, for steps know variables by themselves. */
  tensorOf(id: number): EagerTensor {
    if (!this.isVariable(id)) return this.eager(id);
    const message = 'a variable was passed as an input of a captured step: use it inside of the step';
    throw new EngineError('INVALID_ARGUMENT', message);
  }

  /** Forgets all ids of graphs: their capture is over. */
  forgetGraphValues(): void {
    for (const [id, value] of this.#values)
      if (!isEager(value) && !isVariable(value)) this.#values.delete(id);
  }

  #runEager(
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly Value[],
    outputCount: number,
  ): EagerTensor[] {
    const read: EagerTensor[] = [];
    try {
      const groups = inputs.some(isVariable)
        ? this.definitions.group(name, attributes, inputs)
        : [{ isResource: false, items: inputs }];
      const tensors = groups.flatMap(({ isResource, items }) =>
        items.map((item) => {
          if (isEager(item)) return item;
          if (!isVariable(item))
            throw new EngineError('TENSOR_DISPOSED', 'a value of a capture was used outside of it');
          item.refuseConflict(isResource && !onlyReads(name) ? 'write' : 'read');
          if (isResource) return item.resource;
          const value = this.context.readVariable(item);
          read.push(value);
          return value;
        }),
      );
      return this.context.execute(name, attributes, tensors, outputCount, this.scope);
    } finally {
      for (const tensor of read) this.context.free(tensor);
    }
  }

  #withValue<T>(variable: ResourceVariable, use: (value: EagerTensor) => T): T {
    variable.refuseConflict('read');
    const value = this.context.readVariable(variable);
    try {
      return use(value);
    } finally {
      this.context.free(value);
    }
  }
}
