// What TensorFlow's own definitions of its ops say: how inputs are grouped, which are resources, what has effects.
// Field numbers are those of op_def.proto.

import { EngineError } from '../errors.js';
import type { Pointer } from './capi.js';
import type { Attribute } from './attributes.js';
import { DataType } from './dataTypes.js';
import type { Native } from './native.js';
import { bytesOf, numberOf, readFields, textOf } from './protobuf.js';

interface Argument {
  readonly isList: boolean;
  /** The attribute that holds a list's length; empty when there is none. */
  readonly countAttribute: string;
  readonly isResource: boolean;
  /** Whether it is float32 whatever the attributes say. */
  readonly isFloat32: boolean;
}

export interface OpDefinition {
  readonly inputs: readonly Argument[];
  /** Whether it has effects, or reads what effects change. */
  readonly isStateful: boolean;
  /** Whether it has an input or output that is float32 whatever the attributes say. */
  readonly hasFloat32: boolean;
}

/** The inputs that belong to one argument. */
interface InputGroup<T> {
  readonly isList: boolean;
  readonly isResource: boolean;
  readonly items: readonly T[];
}

function readArgument(bytes: Uint8Array): Argument {
  const fields = readFields(bytes);
  const countAttribute = textOf(fields, 5);
  const isList = countAttribute !== '' || textOf(fields, 6) !== '';
  const type = numberOf(fields, 3);
  return {
    isList,
    countAttribute,
    isResource: type === DataType.TF_RESOURCE,
    isFloat32: type === DataType.TF_FLOAT,
  };
}

/** Knows ops by name. */
export class OpDefinitions {
  readonly #cache = new Map<string, OpDefinition>();
  /** Empty; the look-up wants one. */
  readonly #graph: Pointer;

  constructor(private readonly native: Native) {
    this.#graph = native.api.TF_NewGraph();
  }

  /** The definition of an op. Throws NOT_SUPPORTED when TensorFlow has no such op. */
  of(op: string): OpDefinition {
    const known = this.#cache.get(op);
    if (known) return known;
    const { api, status } = this.native;
    const bytes = this.native.readBuffer((buffer) => {
      api.TF_GraphGetOpDef(this.#graph, op, buffer, status.pointer);
      status.check(op);
    });
    const fields = readFields(bytes);
    const [inputs, outputs] = [bytesOf(fields, 2).map(readArgument), bytesOf(fields, 3).map(readArgument)];
    const found = {
      inputs,
      isStateful: numberOf(fields, 17) === 1,
      hasFloat32: [...inputs, ...outputs].some(({ isFloat32 }) => isFloat32),
    };
    this.#cache.set(op, found);
    return found;
  }

  /** The inputs of an op, a group an argument. */
  group<T>(op: string, attributes: readonly Attribute[], inputs: readonly T[]): InputGroup<T>[] {
    const args = this.of(op).inputs;
    let next = 0;
    const groups = args.map(({ isList, isResource, countAttribute }, index) => {
      const counted = attributes.find((attribute) => attribute.name === countAttribute);
      const rest = inputs.length - next - (args.length - 1 - index);
      const count = isList ? Number(counted?.value ?? rest) : 1;
      next += count;
      return { isList, isResource, items: inputs.slice(next - count, next) };
    });
    if (next !== inputs.length) {
      const message = `${op} is given ${inputs.length} inputs and takes ${next}`;
      throw new EngineError('INVALID_ARGUMENT', message, { op });
    }
    return groups;
  }
}
