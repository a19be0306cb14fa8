// Float64 in the place of float32, for checks. tfjs has no such type and goes on calling the values float32; the types
// become others where ops are added to the graph.

import { EngineError } from '../errors.js';
import type { Attribute } from '../native/attributes.js';
import { AttributeKind, DataType } from '../native/dataTypes.js';
import { KernelDefinitions } from '../native/kernels.js';
import type { Native } from '../native/native.js';
import type { OpDefinitions } from '../native/opDefs.js';
import { onlyReads } from '../native/variable.js';

/** Of another type the same seed gives other numbers. */
const DRAWS = /^Stateless(Random|Truncated)/;

/** What computes in float64 for a float32 that tfjs speaks of. */
export const widened = (dtype: number): number => (dtype === DataType.TF_FLOAT ? DataType.TF_DOUBLE : dtype);

export class Float64 {
  readonly #kernels: KernelDefinitions;

  constructor(
    native: Native,
    private readonly definitions: OpDefinitions,
  ) {
    this.#kernels = new KernelDefinitions(native);
  }

  /**
   * An op's attributes in float64. Those of reads of variables, which are float32, and of random numbers stay as they are.
   * Throws NOT_SUPPORTED when the op has no kernel for float64, or would change a variable.
   */
  attributesOf(
    op: string,
    attributes: readonly Attribute[],
    { writesVariable, layer }: { readonly writesVariable: boolean; readonly layer: string },
  ): readonly Attribute[] {
    if (writesVariable) {
      const message = `${op} changes a variable, and steps in float64 are checks that leave variables as they are: return the value from the step`;
      throw new EngineError('NOT_SUPPORTED', message, { op, layer });
    }
    if (onlyReads(op) || DRAWS.test(op)) return attributes;
    const wide = attributes.map((attribute) => {
      const { type, value } = attribute;
      if (type !== AttributeKind.TF_ATTR_TYPE) return attribute;
      return { ...attribute, value: Array.isArray(value) ? value.map(widened) : widened(Number(value)) };
    });
    if (!this.definitions.of(op).hasFloat32 && this.#kernels.has(op, wide)) return wide;
    const message = `${op} computes in float32 at most and so cannot be part of a step in float64: capture the step in float32, or compose it from other ops`;
    throw new EngineError('NOT_SUPPORTED', message, { op, layer });
  }
}
