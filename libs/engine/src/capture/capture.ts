// A capture in progress: the graph that ops go to, and how values become values of it.

import type { Form } from '../executor/executor.js';
import type { Attribute } from '../native/attributes.js';
import { DataType } from '../native/dataTypes.js';
import type { EagerContext } from '../native/eager.js';
import { newHostTensor } from '../native/hostTensor.js';
import type { FunctionCalls, OutputSpec } from '../native/functions.js';
import type { Native } from '../native/native.js';
import type { OpDefinitions } from '../native/opDefs.js';
import type { ResourceVariable } from '../native/variable.js';
import { Constants } from './constants.js';
import { Float64 } from './float64.js';
import { CaptureGraph } from './graph.js';
import type { Accesses } from './holding.js';
import { isEager, isVariable, type GraphValue, type Value } from './values.js';

/** What captures share. */
export interface CaptureContext {
  readonly native: Native;
  readonly context: EagerContext;
  readonly definitions: OpDefinitions;
  readonly functions: FunctionCalls;
}

/** A captured function. */
export interface CapturedFunction {
  readonly name: string;
  readonly outputs: readonly OutputSpec[];
  /** Variables that it takes after its inputs. */
  readonly variables: readonly ResourceVariable[];
  /** What it does to them. */
  readonly accesses: Accesses;
  /** Whether it does anything besides writing variables, such as talking to other processes. */
  readonly hasOtherEffects: boolean;
  readonly nodes: number;
  /** All functions that it is made of, itself included. */
  readonly names: readonly string[];
}

/** The graph of a condition's branch or a loop's body, and its results. */
export interface CapturedBody {
  readonly graph: CaptureGraph;
  readonly results: readonly GraphValue[];
}

/** What a function is captured for. */
export interface Target {
  /** Ops may have another form for XLA. */
  readonly form: Form;
  /** Whether it computes in float64. */
  readonly isFloat64: boolean;
}

interface Level {
  readonly graph: CaptureGraph;
  readonly constants: Constants;
}

let made = 0;

export class Capture {
  readonly #levels: Level[] = [];
  readonly #names: string[] = [];
  readonly #float64: Float64 | null;

  constructor(
    private readonly parts: CaptureContext,
    readonly target: Target,
  ) {
    this.#float64 = target.isFloat64 ? new Float64(parts.native, parts.definitions) : null;
    this.#push(null);
  }

  /** The graph that ops go to now. */
  get graph(): CaptureGraph {
    return this.#level.graph;
  }

  set scope(name: string) {
    this.graph.scope = name;
  }

  /** Adds one op. */
  op(
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly Value[],
    outputCount: number,
  ): GraphValue[] {
    const lifted = inputs.map((input) => (isVariable(input) ? input : this.toGraph(input)));
    return this.graph.op(name, attributes, lifted, outputCount);
  }

  /** A value as a value of the present graph. */
  toGraph(value: Value): GraphValue {
    if (isVariable(value)) return this.graph.read(value);
    return isEager(value) ? this.#level.constants.of(value) : this.graph.lift(value);
  }

  /** An int32 scalar or vector as a constant of the present graph. */
  int32(value: number | readonly number[]): GraphValue {
    const [shape, values] = typeof value === 'number' ? [[], [value]] : [[value.length], value];
    const tensor = newHostTensor(this.parts.native, shape, DataType.TF_INT32, Int32Array.from(values));
    try {
      return this.graph.constant(tensor);
    } finally {
      this.parts.native.api.TF_DeleteTensor(tensor);
    }
  }

  /** Ends the capture with a function. */
  finish(results: readonly GraphValue[]): CapturedFunction {
    const { graph } = this.#level;
    const name = this.#nextName();
    const variables = graph.resources;
    const outputs = results.map((value) => graph.result(value));
    this.parts.functions.add(graph.toFunction(name, outputs, { lifted: [], resources: variables }), name);
    return {
      name,
      outputs: results.map(({ shape, dtype }) => ({ shape, dtype })),
      variables,
      accesses: {
        read: variables.filter((variable) => !graph.isWritten(variable)),
        written: variables.filter((variable) => graph.isWritten(variable)),
      },
      hasOtherEffects: graph.hasOtherEffects,
      nodes: graph.nodes,
      names: this.#names,
    };
  }

  /** Frees the graphs; functions that are not part of a finished capture go as well. */
  dispose(finished: boolean): void {
    for (const { graph } of this.#levels.splice(0)) graph.dispose();
    if (!finished) for (const name of this.#names) this.parts.functions.remove(name);
  }

  /**
   * Captures the body of a condition or loop in a graph of its own, which whoever asked disposes. It may use values and
   * variables from outside.
   */
  body(trace: (graph: CaptureGraph) => GraphValue[]): CapturedBody {
    const { graph } = this.#push(this.graph);
    try {
      const results = trace(graph).map((value) => graph.lift(value));
      return { graph, results };
    } catch (error) {
      graph.dispose();
      throw error;
    } finally {
      this.#levels.pop();
    }
  }

  /** Makes the graph of a body a function that ops of this capture may name; `passed` handles are results as well. */
  addBody(
    { graph, results }: CapturedBody,
    outside: { readonly lifted: readonly GraphValue[]; readonly resources: readonly ResourceVariable[] },
    passed: readonly ResourceVariable[] = [],
  ): string {
    const name = this.#nextName();
    this.parts.functions.add(graph.toFunction(name, results, outside, passed), name);
    return name;
  }

  get #level(): Level {
    const level = this.#levels.at(-1);
    if (!level) throw new Error('the capture is over');
    return level;
  }

  #push(parent: CaptureGraph | null): Level {
    const graph = new CaptureGraph(this.parts.native, this.parts.definitions, parent, this.#float64);
    graph.scope = parent?.scope ?? '';
    const level = { graph, constants: new Constants(this.parts.native, this.parts.context, graph) };
    this.#levels.push(level);
    return level;
  }

  #nextName(): string {
    const name = `gradstream_${made++}`;
    this.#names.push(name);
    return name;
  }
}
