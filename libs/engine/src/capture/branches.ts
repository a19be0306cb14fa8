// Conditions and loops as nodes of a captured graph.

import { EngineError } from '../errors.js';
import { typeAttribute, type Attribute } from '../native/attributes.js';
import { AttributeKind, DataType } from '../native/dataTypes.js';
import type { Capture, CapturedBody } from './capture.js';
import type { CaptureGraph } from './graph.js';
import type { GraphValue } from './values.js';

/**
 * Lets TensorFlow make the bodies part of the graph around them. As functions of their own they would not get the kernels
 * of oneDNN, and be half as fast (measured on a convolutional network). XLA does not see it.
 */
const INLINE: Attribute = {
  name: '_lower_using_switch_merge',
  type: AttributeKind.TF_ATTR_BOOL,
  value: true,
};

/** What bodies use from outside, each once. */
function outsideOf(bodies: readonly CapturedBody[]) {
  const lifted = [...new Set(bodies.flatMap(({ graph }) => graph.lifted))];
  const resources = [...new Set(bodies.flatMap(({ graph }) => graph.resources))];
  const affectsWorld = bodies.some(({ graph }) => graph.hasOtherEffects);
  const isWrite =
    affectsWorld || resources.some((variable) => bodies.some(({ graph }) => graph.isWritten(variable)));
  const types = [...lifted.map(({ dtype }) => dtype), ...resources.map(() => DataType.TF_RESOURCE)];
  const inputsIn = (graph: CaptureGraph) => [
    ...lifted.map((value) => graph.lift(value).output),
    ...resources.map((variable) => graph.resource(variable)),
  ];
  return { lifted, resources, isWrite, affectsWorld, types, inputsIn };
}

/**
 * Adds an `If`: one of two branches, chosen when the step runs. Both return values of the same shapes and types, and
 * may use values and variables from outside.
 */
export function addCondition(
  capture: Capture,
  predicate: GraphValue,
  [then, otherwise]: readonly [then: () => GraphValue[], otherwise: () => GraphValue[]],
): GraphValue[] {
  const chosen = capture.body(then);
  try {
    const other = capture.body(otherwise);
    try {
      refuseOtherResults(chosen.results, other.results);
      const { graph } = capture;
      const outside = outsideOf([chosen, other]);
      return graph.add('If', {
        groups: [
          { isList: false, outputs: [graph.lift(predicate).output] },
          { isList: true, outputs: outside.inputsIn(graph) },
        ],
        attributes: [
          typeAttribute('Tcond', DataType.TF_BOOL),
          typeAttribute('Tin', outside.types),
          typeAttribute(
            'Tout',
            chosen.results.map(({ dtype }) => dtype),
          ),
          INLINE,
        ],
        functions: {
          then_branch: capture.addBody(chosen, outside),
          else_branch: capture.addBody(other, outside),
        },
        variables: outside.resources,
        isWrite: outside.isWrite,
        affectsWorld: outside.affectsWorld,
        outputCount: chosen.results.length,
        shapes: chosen.results.map(({ shape }) => shape),
      });
    } finally {
      other.graph.dispose();
    }
  } finally {
    chosen.graph.dispose();
  }
}

/** TensorFlow believes the shapes that it is told. Throws INVALID_ARGUMENT. */
function refuseOtherResults(chosen: readonly GraphValue[], other: readonly GraphValue[]): void {
  const [first, second] = [chosen, other].map((results) =>
    results.map(({ shape, dtype }) => `[${shape.join(', ')}] of data type ${dtype}`).join('; '),
  );
  if (first === second) return;
  const message = `the branches of a condition return different tensors, ${first || 'none'} and ${second || 'none'}: return as many from both, of the same shapes and types`;
  throw new EngineError('INVALID_ARGUMENT', message, { op: 'If' });
}

/** What a loop carries from one round to the next. */
export interface LoopState {
  readonly round: GraphValue;
  readonly carried: readonly GraphValue[];
}

/**
 * Adds a `While` that runs `body` a fixed number of times. The body returns new values for what is carried, of the same
 * shapes and types.
 */
export function addLoop(
  capture: Capture,
  rounds: number,
  initial: readonly GraphValue[],
  body: (state: LoopState) => GraphValue[],
): GraphValue[] {
  const int32 = DataType.TF_INT32;
  const zero = capture.int32(0);
  const types = [int32, ...initial.map(({ dtype }) => dtype)];
  const parametersOf = (graph: CaptureGraph): LoopState => {
    const [round, ...carried] = [zero, ...initial].map(({ dtype, shape }) => graph.parameter(dtype, shape));
    if (!round) throw new Error('a loop has a round');
    return { round, carried };
  };
  const binary = (name: string, left: GraphValue, right: GraphValue): GraphValue => {
    const [result] = capture.graph.op(name, [typeAttribute('T', int32)], [left, right], 1);
    if (!result) throw new Error(`${name} has one output`);
    return result;
  };
  const round = capture.body((graph) => {
    const state = parametersOf(graph);
    const next = body(state);
    return [binary('AddV2', state.round, capture.int32(1)), ...next];
  });
  try {
    const outside = outsideOf([round]);
    const test = capture.body((graph) => [binary('Less', parametersOf(graph).round, capture.int32(rounds))]);
    try {
      const { graph } = capture;
      const results = [...round.results, ...outside.lifted.map((value) => round.graph.lift(value))];
      const passed = { ...round, results };
      const [, ...values] = graph.add('While', {
        groups: [
          {
            isList: true,
            outputs: [zero, ...initial]
              .map((value) => graph.lift(value).output)
              .concat(outside.inputsIn(graph)),
          },
        ],
        attributes: [typeAttribute('T', [...types, ...outside.types]), INLINE],
        functions: {
          cond: capture.addBody(test, outside),
          body: capture.addBody(passed, outside, outside.resources),
        },
        variables: outside.resources,
        isWrite: outside.isWrite,
        affectsWorld: outside.affectsWorld,
        outputCount: 1 + initial.length,
        shapes: [[], ...initial.map(({ shape }) => shape)],
      });
      return values;
    } finally {
      test.graph.dispose();
    }
  } finally {
    round.graph.dispose();
  }
}
