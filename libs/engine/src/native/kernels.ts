// Which kernels TensorFlow has of an op. Field numbers are those of kernel_def.proto and attr_value.proto.

import type { Attribute } from './attributes.js';
import { AttributeKind } from './dataTypes.js';
import type { Native } from './native.js';
import { bytesOf, readFields, textOf } from './protobuf.js';

/** Types that a kernel takes, by the attribute that names them; attributes that are left out may be of any. */
type Kernel = ReadonlyMap<string, ReadonlySet<number>>;

function readConstraint(bytes: Uint8Array): [string, ReadonlySet<number>] {
  const fields = readFields(bytes);
  const lists = bytesOf(fields, 2).flatMap((value) => bytesOf(readFields(value), 1));
  // Packed varints, a byte each: the numbers of types are below 128.
  const types = lists.flatMap((list) => bytesOf(readFields(list), 6).flatMap((packed) => [...packed]));
  return [textOf(fields, 1), new Set(types)];
}

/** Knows the kernels of ops by name. */
export class KernelDefinitions {
  readonly #cache = new Map<string, readonly Kernel[]>();

  constructor(private readonly native: Native) {}

  /** Whether an op has a kernel, on a CPU or a GPU, for its type attributes. */
  has(op: string, attributes: readonly Attribute[]): boolean {
    const types = attributes.filter(
      ({ type, value }) => type === AttributeKind.TF_ATTR_TYPE && typeof value === 'number',
    );
    return this.#of(op).some((kernel) =>
      types.every(({ name, value }) => kernel.get(name)?.has(Number(value)) ?? true),
    );
  }

  #of(op: string): readonly Kernel[] {
    const known = this.#cache.get(op);
    if (known) return known;
    const { api, status } = this.native;
    const buffer = api.TF_GetRegisteredKernelsForOp(op, status.pointer);
    status.check(op);
    const list = this.native.takeBuffer(buffer);
    const kernels = bytesOf(readFields(list), 1)
      .map(readFields)
      .filter((fields) => /^[CG]PU$/.test(textOf(fields, 2)) && textOf(fields, 5) === '') // Labelled ones are for tests.
      .map((fields) => new Map(bytesOf(fields, 3).map(readConstraint)));
    this.#cache.set(op, kernels);
    return kernels;
  }
}
