// One TensorFlow function under construction: the graph of the ops that run while a step is captured.

import { EngineError } from '../errors.js';
import { setAttribute, type Attribute } from '../native/attributes.js';
import type { GraphOutput, Pointer } from '../native/capi.js';
import { AttributeKind, DataType, elementCount, toInt64Array } from '../native/dataTypes.js';
import { newHostTensor, readHostTensor } from '../native/hostTensor.js';
import type { Native } from '../native/native.js';
import type { OpInputs } from '../native/opInputs.js';

/** Host tensors of up to this many elements may become constants. */
const SMALL_CONSTANT = 64;

/** A value of the graph. Its shape is always known. */
export interface GraphValue {
  readonly output: GraphOutput;
  readonly shape: readonly number[];
  readonly dtype: number;
}

export class CaptureGraph {
  readonly #graph: Pointer;
  readonly #parameters: GraphOutput[] = [];
  readonly #constants = new Map<object, GraphValue>();
  #nodes = 0;

  constructor(
    private readonly native: Native,
    private readonly opInputs: OpInputs,
  ) {
    this.#graph = native.api.TF_NewGraph();
  }

  /** Number of nodes so far. */
  get nodes(): number {
    return this.#nodes;
  }

  /** Adds an input of the function. */
  parameter(dtype: number, shape: readonly number[]): GraphValue {
    const { api } = this.native;
    const node = this.#begin('Placeholder');
    api.TF_SetAttrType(node, 'dtype', dtype);
    api.TF_SetAttrShape(node, 'shape', toInt64Array(shape), shape.length);
    const value = this.#valueOf(this.#finish(node, 'Placeholder'), 0, 'Placeholder');
    this.#parameters.push(value.output);
    return value;
  }

  /** The constant for an eager tensor, made once; `read` lends its host copy. */
  constantFor(
    key: object,
    shape: readonly number[],
    read: (use: (tensor: Pointer) => GraphValue) => GraphValue,
  ): GraphValue {
    const known = this.#constants.get(key);
    if (known) return known;
    const made = read((tensor) => this.#constant(tensor, shape));
    this.#constants.set(key, made);
    return made;
  }

  /** Adds one op. Throws OP_FAILED, or UNKNOWN_SHAPE when an output's shape depends on values. */
  op(
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly GraphValue[],
    outputCount: number,
  ): GraphValue[] {
    const { api } = this.native;
    const groups = this.opInputs.group(name, attributes, inputs);
    // From here on nothing may throw before #finish: it alone frees the node's description.
    const node = this.#begin(name);
    for (const attribute of attributes) setAttribute(this.native, 'TF_SetAttr', node, attribute);
    for (const { isList, items } of groups) {
      const outputs = items.map((value) => value.output);
      if (isList) api.TF_AddInputList(node, outputs, outputs.length);
      else if (outputs[0]) api.TF_AddInput(node, outputs[0]);
    }
    const operation = this.#finish(node, name);
    const count = Math.min(outputCount, api.TF_OperationNumOutputs(operation));
    return Array.from({ length: count }, (_, index) => this.#valueOf(operation, index, name));
  }

  /** The function; whoever adds it to a context frees it. */
  toFunction(name: string, results: readonly GraphValue[]): Pointer {
    const { api, status } = this.native;
    const outputs = results.map((value) => value.output);
    const inputs = this.#parameters;
    const fn = api.TF_GraphToFunction(
      ...([this.#graph, name, 0, -1, null, inputs.length, inputs] as const),
      ...([outputs.length, outputs, null, null, 'captured step', status.pointer] as const),
    );
    status.check('capture');
    return fn;
  }

  dispose(): void {
    this.native.api.TF_DeleteGraph(this.#graph);
  }

  #begin(type: string): Pointer {
    return this.native.api.TF_NewOperation(this.#graph, type, `${type}_${this.#nodes++}`);
  }

  #finish(node: Pointer, what: string): Pointer {
    const { api, status } = this.native;
    const operation = api.TF_FinishOperation(node, status.pointer);
    status.check(what);
    return operation;
  }

  #valueOf(oper: Pointer, index: number, name: string): GraphValue {
    const { api, status } = this.native;
    const output = { oper, index };
    const rank = api.TF_GraphGetTensorNumDims(this.#graph, output, status.pointer);
    status.check(name);
    const dims = new BigInt64Array(Math.max(rank, 0));
    if (rank > 0) api.TF_GraphGetTensorShape(this.#graph, output, dims, rank, status.pointer);
    status.check(name);
    const shape = Array.from(dims, Number);
    if (rank < 0 || shape.some((size) => size < 0)) {
      throw new EngineError(
        'UNKNOWN_SHAPE',
        `${name} has an output whose shape depends on values, so it cannot be captured`,
      );
    }
    return { output, shape, dtype: api.TF_OperationOutputType(output) };
  }

  /** A constant; large ones are refused, for they are data that would be frozen, but zeros and ones may be of any size. */
  #constant(tensor: Pointer, shape: readonly number[]): GraphValue {
    if (elementCount(shape) <= SMALL_CONSTANT) return this.#const(tensor);
    const dtype = this.native.api.TF_TensorType(tensor);
    const values = readHostTensor(this.native, tensor);
    if (
      dtype !== DataType.TF_STRING &&
      dtype !== DataType.TF_COMPLEX64 &&
      values.every((value) => value === values[0])
    ) {
      return this.#fill(tensor, shape, dtype);
    }
    const message = `a host tensor of shape [${shape.join(', ')}] would be frozen into the captured step: pass it as an input or a variable`;
    throw new EngineError('LARGE_CONSTANT', message);
  }

  #const(tensor: Pointer): GraphValue {
    const { api, status } = this.native;
    const node = this.#begin('Const');
    api.TF_SetAttrTensor(node, 'value', tensor, status.pointer);
    api.TF_SetAttrType(node, 'dtype', api.TF_TensorType(tensor));
    return this.#valueOf(this.#finish(node, 'Const'), 0, 'Const');
  }

  /** A tensor that repeats its first element. */
  #fill(tensor: Pointer, shape: readonly number[], dtype: number): GraphValue {
    const values = readHostTensor(this.native, tensor);
    if (Array.isArray(values)) throw new EngineError('LARGE_CONSTANT', 'strings cannot be repeated');
    const dims = newHostTensor(this.native, [shape.length], DataType.TF_INT32, Int32Array.from(shape));
    const element = newHostTensor(
      this.native,
      [],
      dtype,
      (values as Exclude<typeof values, readonly Uint8Array[]>).slice(0, 1),
    );
    try {
      const attributes = [
        { name: 'T', type: AttributeKind.TF_ATTR_TYPE, value: dtype },
        { name: 'index_type', type: AttributeKind.TF_ATTR_TYPE, value: DataType.TF_INT32 },
      ];
      const [filled] = this.op('Fill', attributes, [this.#const(dims), this.#const(element)], 1);
      if (!filled) throw new EngineError('OP_FAILED', 'Fill has no output');
      return filled;
    } finally {
      this.native.api.TF_DeleteTensor(dims);
      this.native.api.TF_DeleteTensor(element);
    }
  }
}
