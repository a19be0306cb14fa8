// A capture in progress: the graph that ops go to, and how values become values of it.

import type { Attribute } from '../native/attributes.js';
import { AttributeKind, DataType } from '../native/dataTypes.js';
import type { EagerContext } from '../native/eager.js';
import type { FunctionCalls, OutputSpec } from '../native/functions.js';
import type { Native } from '../native/native.js';
import type { OpDefinitions } from '../native/opDefs.js';
import type { ResourceVariable } from '../native/variable.js';
import { Constants } from './constants.js';
import { CaptureGraph } from './graph.js';
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
  /** Those of them that it writes. */
  readonly written: readonly ResourceVariable[];
  readonly nodes: number;
  /** All functions that it is made of, itself included. */
  readonly names: readonly string[];
}

interface Level {
  readonly graph: CaptureGraph;
  readonly constants: Constants;
}

let made = 0;

export class Capture {
  readonly #levels: Level[] = [];
  readonly #names: string[] = [];

  constructor(private readonly parts: CaptureContext) {
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

  /**
   * Runs one of two branches, chosen when the step runs. Both are captured, return values of the same shapes and
   * types, and may use values and variables from outside.
   */
  condition(
    predicate: GraphValue,
    branches: readonly [then: () => GraphValue[], otherwise: () => GraphValue[]],
  ): GraphValue[] {
    const done = branches.map((branch) => this.#branch(branch));
    const [chosen, other] = done;
    if (!chosen || !other) throw new Error('a condition has two branches');
    try {
      const lifted = [...new Set(done.flatMap(({ graph }) => graph.lifted))];
      const resources = [...new Set(done.flatMap(({ graph }) => graph.resources))];
      const [thenName, elseName] = done.map(({ graph, results }) => {
        const name = this.#nextName();
        this.parts.functions.add(graph.toFunction(name, results, { lifted, resources }), name);
        return name;
      });
      const written = resources.filter((variable) => done.some(({ graph }) => graph.isWritten(variable)));
      const outer = this.graph;
      const type = (name: string, value: readonly number[]): Attribute => ({
        name,
        type: AttributeKind.TF_ATTR_TYPE,
        value,
      });
      return outer.add('If', {
        groups: [
          { isList: false, outputs: [outer.lift(predicate).output] },
          {
            isList: true,
            outputs: [
              ...lifted.map((value) => outer.lift(value).output),
              ...resources.map((variable) => outer.resource(variable)),
            ],
          },
        ],
        attributes: [
          { name: 'Tcond', type: AttributeKind.TF_ATTR_TYPE, value: DataType.TF_BOOL },
          type('Tin', [...lifted.map(({ dtype }) => dtype), ...resources.map(() => DataType.TF_RESOURCE)]),
          type(
            'Tout',
            chosen.results.map(({ dtype }) => dtype),
          ),
        ],
        functions: { then_branch: thenName ?? '', else_branch: elseName ?? '' },
        variables: resources,
        isWrite: written.length > 0,
        outputCount: chosen.results.length,
        shapes: chosen.results.map(({ shape }) => shape),
      });
    } finally {
      for (const { graph } of done) graph.dispose();
    }
  }

  /** Ends the capture with a function. */
  finish(results: readonly GraphValue[]): CapturedFunction {
    const { graph } = this.#level;
    const name = this.#nextName();
    const variables = graph.resources;
    this.parts.functions.add(graph.toFunction(name, results, { lifted: [], resources: variables }), name);
    return {
      name,
      outputs: results.map(({ shape, dtype }) => ({ shape, dtype })),
      variables,
      written: variables.filter((variable) => graph.isWritten(variable)),
      nodes: graph.nodes,
      names: this.#names,
    };
  }

  /** Frees the graphs; functions that are not part of a finished capture go as well. */
  dispose(finished: boolean): void {
    for (const { graph } of this.#levels.splice(0)) graph.dispose();
    if (!finished) for (const name of this.#names) this.parts.functions.remove(name);
  }

  get #level(): Level {
    const level = this.#levels.at(-1);
    if (!level) throw new Error('the capture is over');
    return level;
  }

  #push(parent: CaptureGraph | null): Level {
    const graph = new CaptureGraph(this.parts.native, this.parts.definitions, parent);
    graph.scope = parent?.scope ?? '';
    const level = { graph, constants: new Constants(this.parts.native, this.parts.context, graph) };
    this.#levels.push(level);
    return level;
  }

  /** Captures a branch; whoever asked disposes its graph. */
  #branch(body: () => GraphValue[]): { graph: CaptureGraph; results: GraphValue[] } {
    const { graph } = this.#push(this.graph);
    try {
      const results = body().map((value) => graph.lift(value));
      this.#levels.pop();
      return { graph, results };
    } catch (error) {
      this.#levels.pop();
      graph.dispose();
      throw error;
    }
  }

  #nextName(): string {
    const name = `gradstream_${made++}`;
    this.#names.push(name);
    return name;
  }
}
