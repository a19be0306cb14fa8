// A TensorFlow session with a copy of a captured step: its functions, the values of its variables, and its inputs.
// Sessions tell what eager calls do not: when each op ran and what memory it took.

import { setAttribute, typeAttribute, type Attribute } from './attributes.js';
import type { GraphOutput, Pointer } from './capi.js';
import { AttributeKind } from './dataTypes.js';
import type { EagerContext } from './eager.js';
import type { FunctionCall } from './functions.js';
import type { Native } from './native.js';
import type { EagerTensor, ResourceVariable } from './variable.js';

/** RunOptions { trace_level: FULL_TRACE }, of config.proto. */
const FULL_TRACE = Buffer.from([8, 3]);

/** What the copy is made of. */
export interface SessionSource {
  readonly call: FunctionCall;
  /** All functions of the step, the called one included. */
  readonly functions: readonly string[];
  readonly variables: readonly ResourceVariable[];
}

interface SessionRun {
  readonly inputs: readonly GraphOutput[];
  readonly values: readonly Pointer[];
  readonly outputs: readonly GraphOutput[];
  readonly targets: readonly Pointer[];
}

/** Runs of the copy change the copies of the variables alone. Throws TensorFlow's errors. */
export class StepSession {
  readonly #graph: Pointer;
  readonly #values: Pointer[] = [];
  readonly #inputs: GraphOutput[] = [];
  #outputs: readonly GraphOutput[] = [];
  #targets: readonly Pointer[] = [];
  #session: Pointer | null = null;

  constructor(
    private readonly native: Native,
    private readonly context: EagerContext,
    source: SessionSource,
  ) {
    this.#graph = native.api.TF_NewGraph();
    const initial: { input: GraphOutput; value: Pointer; assign: Pointer }[] = [];
    try {
      for (const name of source.functions) this.#copyFunction(name);
      const given = source.call.inputs.slice(0, source.call.inputs.length - source.variables.length);
      for (const [index, tensor] of given.entries()) {
        this.#inputs.push(this.#placeholder(`input_${index}`, tensor));
        this.#values.push(this.#hostCopy(tensor));
      }
      const handles = source.variables.map((variable, index) => {
        const { handle, input, assign } = this.#variable(`variable_${index}`, variable);
        initial.push({ input, assign, value: this.#valueOf(variable) });
        return handle;
      });
      this.#addCall(source.call, [...this.#inputs, ...handles]);
      this.#open(source.call.options.config);
      if (initial.length > 0) {
        this.#execute({
          inputs: initial.map(({ input }) => input),
          values: initial.map(({ value }) => value),
          outputs: [],
          targets: initial.map(({ assign }) => assign),
        });
      }
    } catch (error) {
      this.dispose();
      throw error;
    } finally {
      for (const { value } of initial) native.api.TF_DeleteTensor(value);
    }
  }

  /** One step on the copies; TensorFlow's RunMetadata when it is traced, which makes the run slower. */
  run(traced: boolean): Uint8Array {
    const { api } = this.native;
    const run = {
      inputs: this.#inputs,
      values: this.#values,
      outputs: this.#outputs,
      targets: this.#targets,
    };
    if (!traced) {
      this.#execute(run);
      return new Uint8Array();
    }
    const options = api.TF_NewBufferFromString(FULL_TRACE, FULL_TRACE.length);
    try {
      return this.native.readBuffer((metadata) => {
        this.#execute(run, { options, metadata });
      });
    } finally {
      api.TF_DeleteBuffer(options);
    }
  }

  dispose(): void {
    const { api, status } = this.native;
    if (this.#session !== null) {
      api.TF_CloseSession(this.#session, status.pointer);
      api.TF_DeleteSession(this.#session, status.pointer);
      this.#session = null;
    }
    for (const value of this.#values.splice(0)) api.TF_DeleteTensor(value);
    api.TF_DeleteGraph(this.#graph);
  }

  #execute(
    { inputs, values, outputs, targets }: SessionRun,
    trace: { options: Pointer; metadata: Pointer } | null = null,
  ): void {
    const { api, status, handles } = this.native;
    if (this.#session === null) throw new Error('the session is open');
    const results = new BigUint64Array(outputs.length);
    api.TF_SessionRun(
      this.#session,
      trace?.options ?? null,
      [...inputs],
      [...values],
      inputs.length,
      [...outputs],
      results,
      outputs.length,
      [...targets],
      targets.length,
      trace?.metadata ?? null,
      status.pointer,
    );
    status.check('a run of a copied step');
    handles.add('hostTensor', results.length);
    for (const result of results) api.TF_DeleteTensor(result);
  }

  #copyFunction(name: string): void {
    const { api, status } = this.native;
    const fn = api.TFE_ContextGetFunction(this.context.pointer, name, status.pointer);
    status.check(name);
    api.TF_GraphCopyFunction(this.#graph, fn, null, status.pointer);
    api.TF_DeleteFunction(fn);
    status.check(name);
  }

  #hostCopy({ handle }: EagerTensor): Pointer {
    const { api, status } = this.native;
    const copy = api.TFE_TensorHandleResolve(handle, status.pointer);
    status.check('reading values');
    return copy;
  }

  #valueOf(variable: ResourceVariable): Pointer {
    variable.refuseConflict('read');
    const value = this.context.readVariable(variable);
    try {
      return this.#hostCopy(value);
    } finally {
      this.context.free(value);
    }
  }

  #node(
    type: string,
    name: string,
    attributes: readonly Attribute[],
    addInputs: (node: Pointer) => void = () => undefined,
  ): Pointer {
    const { api, status } = this.native;
    const node = api.TF_NewOperation(this.#graph, type, name);
    for (const attribute of attributes) setAttribute(this.native, 'TF_SetAttr', node, attribute);
    addInputs(node);
    const operation = api.TF_FinishOperation(node, status.pointer);
    status.check(type);
    return operation;
  }

  #placeholder(name: string, { dtype, shape }: { dtype: number; shape: readonly number[] }): GraphOutput {
    const attributes = [
      typeAttribute('dtype', dtype),
      { name: 'shape', type: AttributeKind.TF_ATTR_SHAPE, value: shape },
    ];
    return { oper: this.#node('Placeholder', name, attributes), index: 0 };
  }

  #variable(name: string, { dtype, shape }: ResourceVariable) {
    const { api } = this.native;
    const type = typeAttribute('dtype', dtype);
    const oper = this.#node('VarHandleOp', name, [
      type,
      { name: 'shape', type: AttributeKind.TF_ATTR_SHAPE, value: shape },
      { name: 'shared_name', type: AttributeKind.TF_ATTR_STRING, value: name },
    ]);
    const handle = { oper, index: 0 };
    const input = this.#placeholder(`${name}_value`, { dtype, shape });
    const assign = this.#node('AssignVariableOp', `${name}_assign`, [type], (node) => {
      api.TF_AddInput(node, handle);
      api.TF_AddInput(node, input);
    });
    return { handle, input, assign };
  }

  #addCall(call: FunctionCall, inputs: readonly GraphOutput[]): void {
    const { api } = this.native;
    const { name, options } = call;
    const attributes = [
      typeAttribute(
        'Tin',
        call.inputs.map(({ dtype }) => dtype),
      ),
      typeAttribute(
        'Tout',
        call.outputs.map(({ dtype }) => dtype),
      ),
      { name: 'config_proto', type: AttributeKind.TF_ATTR_STRING, value: options.config },
      ...(options.xla ? [{ name: '_XlaMustCompile', type: AttributeKind.TF_ATTR_BOOL, value: true }] : []),
    ];
    const oper = this.#node('StatefulPartitionedCall', 'step', attributes, (node) => {
      api.TF_SetAttrFuncName(node, 'f', name, Buffer.byteLength(name));
      api.TF_AddInputList(node, [...inputs], inputs.length);
    });
    this.#outputs = call.outputs.map((_, index) => ({ oper, index }));
    this.#targets = [oper];
  }

  #open(config: Uint8Array): void {
    const { api, status } = this.native;
    const options = api.TF_NewSessionOptions();
    try {
      if (config.length > 0) api.TF_SetConfig(options, config, config.length, status.pointer);
      status.check('configuration');
      this.#session = api.TF_NewSession(this.#graph, options, status.pointer);
      status.check('session');
    } finally {
      api.TF_DeleteSessionOptions(options);
    }
  }
}
