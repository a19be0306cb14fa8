// Reads from TensorFlow's own op definitions (OpDef protobufs) how the inputs of an op are grouped.

import { EngineError } from '../errors.js';
import type { Pointer } from './capi.js';
import type { Attribute } from './attributes.js';
import type { Native } from './native.js';

interface Argument {
  readonly isList: boolean;
  /** The attribute that holds a list's length. */
  readonly countAttribute: string | null;
}

type Field = readonly [field: number, value: number | Uint8Array];

/** Splits a protobuf message (wire format of protobuf 3) into its fields; fixed-size ones are skipped. */
function readFields(bytes: Uint8Array): Field[] {
  const fields: Field[] = [];
  let position = 0;
  const readVarint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[position++] ?? 0;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (position < bytes.length) {
    const key = readVarint();
    const [field, wire] = [Math.floor(key / 8), key % 8];
    if (wire === 0) fields.push([field, readVarint()]);
    else if (wire === 2) {
      const size = readVarint();
      fields.push([field, bytes.subarray(position, position + size)]);
      position += size;
    } else position += wire === 5 ? 4 : 8;
  }
  return fields;
}

/** OpDef.ArgDef: number_attr is field 5, type_list_attr field 6. */
function readArgument(bytes: Uint8Array): Argument {
  const fields = new Map(readFields(bytes));
  const count = fields.get(5);
  if (count instanceof Uint8Array) return { isList: true, countAttribute: Buffer.from(count).toString() };
  return { isList: fields.has(6), countAttribute: null };
}

/** Knows the inputs of ops by name. */
export class OpInputs {
  readonly #cache = new Map<string, readonly Argument[]>();
  /** Empty; the look-up wants one. */
  readonly #graph: Pointer;

  constructor(private readonly native: Native) {
    this.#graph = native.api.TF_NewGraph();
  }

  /** The inputs of an op, a group an argument; `isList` says how the group is added. */
  group<T>(
    op: string,
    attributes: readonly Attribute[],
    inputs: readonly T[],
  ): { isList: boolean; items: T[] }[] {
    const args = this.#arguments(op);
    let next = 0;
    const groups = args.map(({ isList, countAttribute }, index) => {
      const counted = attributes.find((attribute) => attribute.name === countAttribute);
      const rest = inputs.length - next - (args.length - 1 - index);
      const count = isList ? Number(counted?.value ?? rest) : 1;
      next += count;
      return { isList, items: inputs.slice(next - count, next) };
    });
    if (next !== inputs.length)
      throw new EngineError('OP_FAILED', `${op} is given ${inputs.length} inputs and takes ${next}`);
    return groups;
  }

  #arguments(op: string): readonly Argument[] {
    const known = this.#cache.get(op);
    if (known) return known;
    const { api, status } = this.native;
    const bytes = this.native.readBuffer((buffer) => {
      api.TF_GraphGetOpDef(this.#graph, op, buffer, status.pointer);
      status.check(op);
    });
    // OpDef.input_arg is field 2.
    const found = readFields(bytes).flatMap(([field, value]) =>
      field === 2 && value instanceof Uint8Array ? [readArgument(value)] : [],
    );
    this.#cache.set(op, found);
    return found;
  }
}
