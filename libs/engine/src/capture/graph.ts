// One TensorFlow function under construction: the graph of the ops that run while a step is captured.

import { EngineError } from '../errors.js';
import { setAttribute, typeAttribute, type Attribute } from '../native/attributes.js';
import type { GraphOutput, Pointer } from '../native/capi.js';
import { DataType, toInt64Array } from '../native/dataTypes.js';
import type { Native } from '../native/native.js';
import type { OpDefinitions } from '../native/opDefs.js';
import { onlyReads, type ResourceVariable } from '../native/variable.js';
import { widened, type Float64 } from './float64.js';
import { AccessOrder } from './order.js';
import { isVariable, type GraphValue } from './values.js';

/** What an op takes: a value, or a variable, which stands for its value except where a resource is wanted. */
export type GraphInput = GraphValue | ResourceVariable;

/** Outputs that only the op's own gradient op reads; TensorFlow leaves their shape open, and nobody needs it. */
const OPAQUE_OUTPUTS: ReadonlySet<string> = new Set(['FusedBatchNormV3:5']);

export class CaptureGraph {
  readonly pointer: Pointer;
  readonly #parameters: GraphOutput[] = [];
  readonly #lifted = new Map<GraphValue, GraphValue>();
  readonly #resources = new Map<ResourceVariable, GraphOutput>();
  readonly #reads = new Map<ResourceVariable, GraphValue>();
  readonly #written = new Set<ResourceVariable>();
  readonly #order = new AccessOrder();
  #controls: readonly Pointer[] = [];
  /** Operations that wait for the controls, directly or through their inputs. */
  #waiting = new Set<Pointer>();
  #nodes = 0;
  #scope = '';
  /** The scope as the beginning of node names. */
  #prefix = '';

  /**
   * A branch's graph has the graph around it as its parent, and may use its values. With `float64` all that tfjs calls
   * float32 is computed in float64, inputs and results of the function excepted.
   */
  constructor(
    private readonly native: Native,
    private readonly definitions: OpDefinitions,
    private readonly parent: CaptureGraph | null,
    private readonly float64: Float64 | null,
  ) {
    this.pointer = native.api.TF_NewGraph();
  }

  /** The open name scope, such as a layer's name; empty for none. */
  get scope(): string {
    return this.#scope;
  }

  set scope(name: string) {
    this.#scope = name;
    // TensorFlow's names are of these characters, and begin with a letter, a digit or a dot.
    const safe = name.replace(/[^A-Za-z0-9_.\\/>-]/g, '_');
    this.#prefix = name === '' ? '' : `${/^[A-Za-z0-9.]/.test(safe) ? '' : '.'}${safe}/`;
  }

  /** Number of nodes so far. */
  get nodes(): number {
    return this.#nodes;
  }

  /** Variables that are used, in the order of their first use. */
  get resources(): ResourceVariable[] {
    return [...this.#resources.keys()];
  }

  /** Values of the graphs around this one that are used. */
  get lifted(): GraphValue[] {
    return [...this.#lifted.keys()];
  }

  /** Whether it has effects besides writing variables. */
  get hasOtherEffects(): boolean {
    return this.#order.before(null, true).length > 0;
  }

  isWritten(variable: ResourceVariable): boolean {
    return this.#written.has(variable);
  }

  /** Adds an input of the function. */
  parameter(dtype: number, shape: readonly number[]): GraphValue {
    const value = this.#placeholder(this.parent && this.float64 ? widened(dtype) : dtype, shape);
    this.#parameters.push(value.output);
    return this.#widen(value);
  }

  /** A value of this graph or of one around it, as a value of this graph. */
  lift(value: GraphValue): GraphValue {
    if (value.graph === this) return value;
    const known = this.#lifted.get(value);
    if (known) return known;
    if (!this.parent) {
      const message =
        'a value of a finished capture was used: a step may only use its own inputs and variables';
      throw new EngineError('TENSOR_DISPOSED', message);
    }
    const outer = this.parent.lift(value);
    const lifted = this.#lifted.get(outer) ?? this.#liftedPlaceholder(outer);
    this.#lifted.set(outer, lifted);
    return lifted;
  }

  /** The value of a variable at this point of the program. */
  read(variable: ResourceVariable): GraphValue {
    const known = this.#reads.get(variable);
    if (known) return known;
    const attributes = [typeAttribute('dtype', variable.dtype)];
    const [value] = this.op('ReadVariableOp', attributes, [variable], 1);
    if (!value) throw new Error('ReadVariableOp has one output');
    this.#reads.set(variable, value);
    return value;
  }

  /** Adds one op. Throws TensorFlow's error, or UNKNOWN_SHAPE when an output's shape depends on values. */
  op(
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly GraphInput[],
    outputCount: number,
  ): GraphValue[] {
    const groups = this.definitions.group(name, attributes, inputs).map(({ isList, isResource, items }) => ({
      isList,
      outputs: items.map((item) => this.#outputOf(item, isResource)),
      variables: isResource ? items.filter(isVariable) : [],
    }));
    const variables = groups.flatMap((group) => group.variables);
    const isWrite = variables.length > 0 ? !onlyReads(name) : this.definitions.of(name).isStateful;
    return this.add(name, { groups, attributes, variables, isWrite, outputCount });
  }

  /** Adds a node; `groups` are its inputs by argument. */
  add(
    type: string,
    node: {
      readonly groups: readonly { readonly isList: boolean; readonly outputs: readonly GraphOutput[] }[];
      readonly attributes: readonly Attribute[];
      /** Variables that it uses. */
      readonly variables: readonly ResourceVariable[];
      readonly isWrite: boolean;
      /** Whether it has effects besides those on variables; by default, when it has effects and uses none. */
      readonly affectsWorld?: boolean;
      readonly outputCount: number;
      /** For attributes that are functions. */
      readonly functions?: Readonly<Record<string, string>>;
      /** Shapes of the outputs where TensorFlow cannot know them. */
      readonly shapes?: readonly (readonly number[])[];
    },
  ): GraphValue[] {
    const { api } = this.native;
    const { variables, isWrite } = node;
    const writesVariable = isWrite && variables.length > 0;
    const attributes =
      this.float64?.attributesOf(type, node.attributes, { writesVariable, layer: this.scope }) ??
      node.attributes;
    const world = node.affectsWorld ?? (isWrite && variables.length === 0);
    const touched = world ? [...variables, null] : variables;
    const before = touched.flatMap((variable) => this.#order.before(variable, isWrite));
    // From here on nothing may throw before #finish: it alone frees the node's description.
    const description = this.#begin(type);
    for (const attribute of attributes) setAttribute(this.native, 'TF_SetAttr', description, attribute);
    for (const [name, value] of Object.entries(node.functions ?? {}))
      api.TF_SetAttrFuncName(description, name, value, Buffer.byteLength(value));
    for (const { isList, outputs } of node.groups) {
      if (isList) api.TF_AddInputList(description, [...outputs], outputs.length);
      else if (outputs[0]) api.TF_AddInput(description, outputs[0]);
    }
    // What takes a value that waits does so as well: one edge is enough, and Grappler rewrites fewer nodes that have any.
    const waits = node.groups.some(({ outputs }) => outputs.some(({ oper }) => this.#waiting.has(oper)));
    for (const control of new Set([...(waits ? [] : this.#controls), ...before]))
      api.TF_AddControlInput(description, control);
    const operation = this.#finish(description, type);
    if (this.#controls.length > 0) this.#waiting.add(operation);
    this.#order.record(operation, touched, isWrite);
    if (isWrite) {
      for (const variable of variables) {
        this.#written.add(variable);
        this.#reads.delete(variable);
      }
    }
    const count = Math.min(node.outputCount, api.TF_OperationNumOutputs(operation));
    const known = type === 'ReadVariableOp' && variables[0] ? [variables[0].shape] : node.shapes;
    return Array.from({ length: count }, (_, index) =>
      this.#widen(this.#valueOf({ oper: operation, index }, type, known?.[index])),
    );
  }

  /** While `body` runs, every new node waits for the ops that made some values. */
  withControls<T>(values: readonly GraphValue[], body: () => T): T {
    const outer = { controls: this.#controls, waiting: this.#waiting };
    this.#controls = [...outer.controls, ...values.map((value) => this.lift(value).output.oper)];
    this.#waiting = new Set();
    const reads = new Map(this.#reads);
    this.#reads.clear(); // A read inside waits as well; outside, the earlier one serves.
    try {
      return body();
    } finally {
      this.#controls = outer.controls;
      // Outside of all controls nobody asks.
      this.#waiting = new Set(outer.controls.length > 0 ? [...outer.waiting, ...this.#waiting] : []);
      for (const [variable, value] of reads)
        if (!this.#written.has(variable)) this.#reads.set(variable, value);
    }
  }

  /** A handle of a variable, as an input of the function. */
  resource(variable: ResourceVariable): GraphOutput {
    const known = this.#resources.get(variable);
    if (known) return known;
    const { api } = this.native;
    const node = this.#begin('Placeholder');
    api.TF_SetAttrType(node, 'dtype', DataType.TF_RESOURCE);
    api.TF_SetAttrShape(node, 'shape', new BigInt64Array(0), 0);
    const output = { oper: this.#finish(node, 'Placeholder'), index: 0 };
    this.#resources.set(variable, output);
    return output;
  }

  /**
   * The function of explicit inputs, lifted values and variables, in this order, to results and the handles of `passed`
   * variables; the caller frees it.
   */
  toFunction(
    name: string,
    results: readonly GraphValue[],
    outside: { readonly lifted: readonly GraphValue[]; readonly resources: readonly ResourceVariable[] },
    passed: readonly ResourceVariable[] = [],
  ): Pointer {
    const { api, status } = this.native;
    const outputs = [
      ...results.map((value) => this.lift(value).output),
      ...passed.map((variable) => this.resource(variable)),
    ];
    const inputs = [
      ...this.#parameters,
      ...outside.lifted.map((value) => this.lift(value).output),
      ...outside.resources.map((variable) => this.resource(variable)),
    ];
    const effects = [...this.#order.effects];
    const labels = effects.map((_, index) => `effect_${index}`);
    const fn = api.TF_GraphToFunctionWithControlOutputs(
      ...([this.pointer, name, 0, -1, null, inputs.length, inputs] as const),
      ...([outputs.length, outputs, null, effects.length, effects, labels] as const),
      ...([null, 'captured by Gradstream', status.pointer] as const),
    );
    status.check('capture');
    return fn;
  }

  /** Adds a Const node that holds a copy of a TF_Tensor. */
  constant(tensor: Pointer): GraphValue {
    const { api, status } = this.native;
    const node = this.#begin('Const');
    api.TF_SetAttrTensor(node, 'value', tensor, status.pointer);
    api.TF_SetAttrType(node, 'dtype', api.TF_TensorType(tensor));
    return this.#widen(this.#valueOf({ oper: this.#finish(node, 'Const'), index: 0 }, 'Const'));
  }

  /** A value as a result of the whole function: float32 where tfjs calls it so. */
  result(value: GraphValue): GraphValue {
    const inside = this.lift(value);
    if (!this.float64 || inside.dtype !== DataType.TF_FLOAT) return inside;
    return { ...inside, output: this.#cast(inside.output, DataType.TF_DOUBLE, DataType.TF_FLOAT) };
  }

  dispose(): void {
    this.native.api.TF_DeleteGraph(this.pointer);
  }

  #outputOf(input: GraphInput, wantsResource: boolean): GraphOutput {
    if (!isVariable(input)) return this.lift(input).output;
    return wantsResource ? this.resource(input) : this.read(input).output;
  }

  #placeholder(dtype: number, shape: readonly number[]): GraphValue {
    const { api } = this.native;
    const node = this.#begin('Placeholder');
    api.TF_SetAttrType(node, 'dtype', dtype);
    api.TF_SetAttrShape(node, 'shape', toInt64Array(shape), shape.length);
    const output = { oper: this.#finish(node, 'Placeholder'), index: 0 };
    return { graph: this, output, shape, dtype };
  }

  #liftedPlaceholder({ dtype, shape }: GraphValue): GraphValue {
    return this.#widen(this.#placeholder(this.float64 ? widened(dtype) : dtype, shape));
  }

  /** A value in the type that the graph computes in, by the name that tfjs has for it. */
  #widen(value: GraphValue): GraphValue {
    const { TF_FLOAT, TF_DOUBLE } = DataType;
    if (!this.float64 || (value.dtype !== TF_FLOAT && value.dtype !== TF_DOUBLE)) return value;
    const isFloat32 = value.dtype === TF_FLOAT;
    const output = isFloat32 ? this.#cast(value.output, TF_FLOAT, TF_DOUBLE) : value.output;
    return { ...value, output, dtype: TF_FLOAT };
  }

  #cast(value: GraphOutput, from: number, to: number): GraphOutput {
    const { api } = this.native;
    const node = this.#begin('Cast');
    api.TF_SetAttrType(node, 'SrcT', from);
    api.TF_SetAttrType(node, 'DstT', to);
    api.TF_AddInput(node, value);
    return { oper: this.#finish(node, 'Cast'), index: 0 };
  }

  #begin(type: string): Pointer {
    return this.native.api.TF_NewOperation(this.pointer, type, `${this.#prefix}${type}_${this.#nodes++}`);
  }

  #finish(node: Pointer, what: string): Pointer {
    const { api, status } = this.native;
    const operation = api.TF_FinishOperation(node, status.pointer);
    status.check(what, this.scope);
    return operation;
  }

  #valueOf(output: GraphOutput, op: string, known?: readonly number[]): GraphValue {
    const { api, status } = this.native;
    if (known) {
      api.TF_GraphSetTensorShape(this.pointer, output, toInt64Array(known), known.length, status.pointer);
      status.check(op, this.scope);
    }
    const rank = api.TF_GraphGetTensorNumDims(this.pointer, output, status.pointer);
    status.check(op, this.scope);
    const dims = new BigInt64Array(Math.max(rank, 0));
    if (rank > 0) api.TF_GraphGetTensorShape(this.pointer, output, dims, rank, status.pointer);
    status.check(op, this.scope);
    const shape = Array.from(dims, Number);
    if (rank < 0 && OPAQUE_OUTPUTS.has(`${op}:${output.index}`))
      return { graph: this, output, shape: [0], dtype: api.TF_OperationOutputType(output) };
    if (rank < 0 || shape.some((size) => size < 0)) {
      const message = `${op} has an output whose shape depends on values, so it cannot be captured: use a form of fixed shape, or run the step op by op`;
      throw new EngineError('UNKNOWN_SHAPE', message, { op, layer: this.scope });
    }
    return { graph: this, output, shape, dtype: api.TF_OperationOutputType(output) };
  }
}
