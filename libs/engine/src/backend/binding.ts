// The binding that tfjs's kernels talk to. Tensors are known by integer ids: outside a capture an id stands for a
// tensor that TensorFlow holds; inside one it may also stand for a value of the graph under construction.

import { CaptureGraph, type GraphValue } from '../capture/graph.js';
import { EngineError } from '../errors.js';
import type { Attribute } from '../native/attributes.js';
import { AttributeKind, DataType } from '../native/dataTypes.js';
import { EagerContext, type CallOptions, type EagerTensor } from '../native/eager.js';
import type { HostValues } from '../native/hostTensor.js';
import type { Native } from '../native/native.js';
import { OpInputs } from '../native/opInputs.js';

type Value = EagerTensor | GraphValue;

/** A captured function. */
export interface CapturedFunction {
  readonly name: string;
  readonly outputCount: number;
  readonly nodes: number;
}

/** What tfjs wants to know of an op's output. */
export interface OutputInfo {
  readonly id: number;
  readonly shape: readonly number[];
  readonly dtype: number;
}

const isEager = (value: Value): value is EagerTensor => 'handle' in value;

export class Binding {
  readonly TF_Version: string;
  readonly #context: EagerContext;
  readonly #opInputs: OpInputs;
  readonly #values = new Map<number, Value>();
  #nextId = 1;
  #graph: CaptureGraph | null = null;
  #functions = 0;

  constructor(
    private readonly native: Native,
    config: Uint8Array | null,
  ) {
    Object.assign(this, DataType, AttributeKind); // tfjs reads them from here.
    this.TF_Version = native.api.TF_Version();
    this.#context = new EagerContext(native, config);
    this.#opInputs = new OpInputs(native);
  }

  // --- What tfjs's kernels call ---

  isUsingGpuDevice(): boolean {
    return false;
  }

  /** Number of live ids. */
  getNumOfTensors(): number {
    return this.#values.size;
  }

  /** Uploads host values. Eager even in a capture: tfjs uploads late, so the tensor may be older and must outlive it. */
  createTensor(shape: readonly number[], dtype: number, values: HostValues): number {
    return this.#store(this.#context.upload(shape, dtype, values));
  }

  /** Forgets an id; a graph's value only loses its id. */
  deleteTensor(id: number): void {
    const value = this.#values.get(id);
    if (value && isEager(value)) this.#context.free(value);
    this.#values.delete(id);
  }

  tensorDataSync(id: number): HostValues {
    const value = this.#value(id);
    if (isEager(value)) return this.#context.download(value);
    throw new EngineError(
      'VALUE_READ_IN_CAPTURE',
      'the values of a tensor cannot be read while a step is captured: there are none yet',
    );
  }

  /** Runs an op, or adds it to the capture. */
  executeOp(
    name: string,
    attributes: readonly Attribute[],
    inputIds: readonly number[],
    outputCount: number,
  ): OutputInfo[] {
    const inputs = inputIds.map((id) => this.#value(id));
    const graph = this.#graph;
    const results: readonly Value[] = graph
      ? graph.op(
          name,
          attributes,
          inputs.map((value) => this.#toGraph(value, graph)),
          outputCount,
        )
      : this.#context.execute(name, attributes, inputs.map(requireEager), outputCount);
    return results.map((value) => ({ id: this.#store(value), shape: value.shape, dtype: value.dtype }));
  }

  // --- Capture ---

  beginCapture(): void {
    if (this.#graph)
      throw new EngineError(
        'CAPTURE_IN_PROGRESS',
        'a capture is already in progress: a step cannot capture another',
      );
    this.#graph = new CaptureGraph(this.native, this.#opInputs);
  }

  /** Adds an input to the function that is captured. */
  parameter(dtype: number, shape: readonly number[]): number {
    return this.#store(this.#requireGraph().parameter(dtype, shape));
  }

  /** Makes the captured ops a function. */
  endCapture(outputIds: readonly number[]): CapturedFunction {
    const graph = this.#requireGraph();
    const outputs = outputIds.map((id) => this.#toGraph(this.#value(id), graph));
    const name = `captured_step_${this.#functions++}`;
    this.#context.addFunction(graph.toFunction(name, outputs), name);
    return { name, outputCount: outputs.length, nodes: graph.nodes };
  }

  /** Ends the capture, successful or not; ids of the graph are gone. */
  closeCapture(): void {
    this.#graph?.dispose();
    this.#graph = null;
    for (const [id, value] of this.#values) if (!isEager(value)) this.#values.delete(id);
  }

  /** Calls a function; returns the ids of its outputs. */
  call(fn: CapturedFunction, inputIds: readonly number[], options: CallOptions): number[] {
    const inputs = inputIds.map((id) => requireEager(this.#value(id)));
    return this.#context.call(fn.name, inputs, fn.outputCount, options).map((value) => this.#store(value));
  }

  /** The same on a thread of its own. */
  async callAsync(
    fn: CapturedFunction,
    inputIds: readonly number[],
    options: CallOptions,
  ): Promise<number[]> {
    const inputs = inputIds.map((id) => requireEager(this.#value(id)));
    const outputs = await this.#context.callAsync(fn.name, inputs, fn.outputCount, options);
    return outputs.map((value) => this.#store(value));
  }

  deleteFunction(fn: CapturedFunction): void {
    this.#context.removeFunction(fn.name);
  }

  #requireGraph(): CaptureGraph {
    if (!this.#graph) throw new EngineError('CAPTURE_IN_PROGRESS', 'no capture is in progress');
    return this.#graph;
  }

  #store(value: Value): number {
    this.#values.set(this.#nextId, value);
    return this.#nextId++;
  }

  #value(id: number): Value {
    const value = this.#values.get(id);
    if (value) return value;
    throw new EngineError(
      'TENSOR_DISPOSED',
      'a tensor was used after it was disposed, or outside of the capture that made it',
    );
  }

  #toGraph(value: Value, graph: CaptureGraph): GraphValue {
    if (!isEager(value)) return value;
    return graph.constantFor(value, value.shape, (use) => this.#context.withHostCopy(value, use));
  }
}

/** An eager value; a graph's one cannot be used outside of its capture. */
function requireEager(value: Value): EagerTensor {
  if (isEager(value)) return value;
  throw new EngineError('TENSOR_DISPOSED', 'a value of a capture was used outside of it');
}
