// What became of a step's precision: read from the graph that Grappler made of it. Field numbers are those of
// config.proto, graph.proto, function.proto, node_def.proto and attr_value.proto.

import { DataType } from '../native/dataTypes.js';
import { bytesOf, numberOf, readFields, textOf } from '../native/protobuf.js';
import type { Precision } from './config.js';

/** How much of a step computes in half precision. */
export interface PrecisionReceipt {
  readonly precision: Precision;
  /** Nodes of the graph as TensorFlow runs it; 0 when it was not made by Grappler, as under XLA. */
  readonly nodes: number;
  /** Nodes that compute in half precision; conversions and constants are not counted. */
  readonly rewritten: number;
  /** Conversions to or from half precision. */
  readonly casts: number;
  /** Variables that are assigned a value which was computed in half precision: they keep its few digits. */
  readonly roundedVariables: number;
  /** What is not as it was asked for; empty when all is well. */
  readonly warnings: readonly string[];
}

interface Node {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly string[];
  readonly types: readonly number[];
  /** Functions that it calls. */
  readonly functions: readonly string[];
}

const HALF: ReadonlySet<number> = new Set([DataType.TF_BFLOAT16, DataType.TF_HALF]);
/** Ops that pass values on or convert them; they compute nothing. */
const PASSIVE: ReadonlySet<string> = new Set(['Cast', 'Const', 'Identity', 'IdentityN', '_Arg', '_Retval']);

const isHalf = ({ types }: Node): boolean => types.some((type) => HALF.has(type));

function readNode(bytes: Uint8Array): Node {
  const fields = readFields(bytes);
  const values = bytesOf(fields, 5).map((entry) => readFields(bytesOf(readFields(entry), 2)[0] ?? entry));
  return {
    name: textOf(fields, 1),
    op: textOf(fields, 2),
    inputs: bytesOf(fields, 3).map((input) => Buffer.from(input).toString()),
    types: values.map((value) => numberOf(value, 6)),
    functions: values.flatMap((value) => bytesOf(value, 10).map((call) => textOf(readFields(call), 1))),
  };
}

/** Bodies of an optimized graph: the graph itself and the functions that it reaches. */
function reachedBodies(graph: Uint8Array): Node[][] {
  const fields = readFields(graph);
  const library = new Map(
    bytesOf(fields, 2)
      .flatMap((definitions) => bytesOf(readFields(definitions), 1))
      .map((definition) => {
        const parts = readFields(definition);
        const signature = readFields(bytesOf(parts, 1)[0] ?? definition);
        return [textOf(signature, 1), bytesOf(parts, 3)] as const;
      }),
  );
  const bodies = [bytesOf(fields, 1).map(readNode)];
  for (const body of bodies) {
    for (const called of body.flatMap(({ op, functions }) => [op, ...functions])) {
      const nodes = library.get(called);
      library.delete(called); // Each once, and so it ends.
      if (nodes) bodies.push(nodes.map(readNode));
    }
  }
  return bodies;
}

/** Assignments of a body whose value comes out of a conversion from half precision. */
function roundedVariables(body: readonly Node[]): number {
  const byName = new Map(body.map((node) => [node.name, node]));
  const source = (input = ''): Node | undefined => byName.get(input.split(':')[0] ?? '');
  const isRounded = (node: Node | undefined): boolean =>
    node?.op === 'Identity' ? isRounded(source(node.inputs[0])) : node?.op === 'Cast' && isHalf(node);
  return body.filter(({ op, inputs }) => op === 'AssignVariableOp' && isRounded(source(inputs[1]))).length;
}

const FLOAT16_ON_CPU = '; on CPUs without AMX-FP16 use bfloat16';

function warningsOf(receipt: Omit<PrecisionReceipt, 'warnings'>): string[] {
  const { precision, nodes, rewritten, roundedVariables: rounded } = receipt;
  const warnings: string[] = [];
  if (nodes === 0) {
    warnings.push(`${precision} has no effect: XLA compiles the step without Grappler, which rewrites it`);
  } else if (rewritten === 0) {
    const reason = 'this device has no kernels for it, or the step has no op that gains by it';
    warnings.push(`${precision} has no effect: ${reason}${precision === 'float16' ? FLOAT16_ON_CPU : ''}`);
  }
  if (rounded > 0) {
    warnings.push(
      `${rounded} variables are assigned values that were computed in ${precision}: update them with ops on variables, such as those of optimizers`,
    );
  }
  return warnings;
}

/** The receipt for a step, from the RunMetadata of its first call with graph collection on. */
export function readReceipt(metadata: Uint8Array, precision: Precision): PrecisionReceipt {
  const bodies = bytesOf(readFields(metadata), 4)
    .flatMap((graphs) => bytesOf(readFields(graphs), 3)) // function_graphs, post_optimization_graph
    .flatMap(reachedBodies);
  const nodes = bodies.flat();
  const half = nodes.filter(isHalf);
  const counts = {
    precision,
    nodes: nodes.length,
    rewritten: half.filter(({ op }) => !PASSIVE.has(op)).length,
    casts: half.filter(({ op }) => op === 'Cast').length,
    roundedVariables: bodies.reduce((sum, body) => sum + roundedVariables(body), 0),
  };
  return { ...counts, warnings: warningsOf(counts) };
}
